import { useEffect, useState, type ReactElement } from 'react'

import { DATE_FORMS, COORDINATE_SYSTEMS, IMPORT_FIELDS, type ImportProfile } from '../../../shared/hotspot/import/profile.ts'
import { hotspotText, isHotspotTextKey, type HotspotTextKey } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { summarySchema, type ImportSummary } from './hotspot-api.ts'
import { sendFile } from './send-file.ts'

/** A file that was looked through, and how it was read. */
export interface LookedThrough {
  readonly file: File
  readonly profile: ImportProfile
}

interface ImportFormProps {
  /** Null: a dataset that is not there yet; its file can only be looked through. */
  readonly dataset: string | null
  readonly timeZone: string
  /** Opened already, while the dataset was being made. */
  readonly opened: LookedThrough | null
  readonly onPreview: (places: readonly (readonly [number, number])[]) => void
  readonly onLooked: (looked: LookedThrough) => void
  readonly onTaken: () => void
}

/** A file of past cases: looked through first, with how it is read and where its cases would lie; then taken. */
export function ImportForm({ dataset, timeZone, opened, onPreview, onLooked, onTaken }: ImportFormProps): ReactElement {
  const { language } = useTexts()
  const [file, setFile] = useState<File | null>(opened?.file ?? null)
  const [summary, setSummary] = useState<ImportSummary | null>(null)
  const [said, setSaid] = useState('')
  const [busy, setBusy] = useState(false)
  const send = async (chosen: File, profile: ImportProfile | null, dryRun: boolean): Promise<void> => {
    setBusy(true)
    setSaid('')
    const query = new URLSearchParams({ fileName: chosen.name.slice(0, 120), dryRun: dryRun ? '1' : '0' })
    if (profile !== null) query.set('profile', JSON.stringify(profile))
    if (dataset === null) query.set('timeZone', timeZone)
    const sent = await sendFile('POST', `/api/hotspots/datasets/${dataset ?? 'new'}/imports?${query}`, chosen, summarySchema)
    setBusy(false)
    if (!sent.ok) return setSaid(hotspotText(language, 'data.failed', { why: sent.why }))
    onPreview(dryRun ? sent.value.summary.preview : [])
    setSummary(dryRun ? sent.value.summary : null)
    if (dryRun) return onLooked({ file: chosen, profile: sent.value.summary.profile })
    setSaid(hotspotText(language, 'data.done'))
    setFile(null)
    onTaken()
  }
  // Once: the file that was opened before there was a dataset to take it into.
  useEffect(() => {
    if (opened !== null) void send(opened.file, opened.profile, true)
    // oxlint-disable-next-line react/exhaustive-deps
  }, [])
  const change = (profile: ImportProfile): void => {
    if (file !== null) void send(file, profile, true)
  }
  return (
    <div className="hs-form">
      <label>
        {hotspotText(language, 'data.file')}
        <input
          type="file"
          accept=".csv,.xlsx,.txt"
          disabled={busy}
          onChange={(event) => {
            const [chosen] = event.target.files ?? []
            setFile(chosen ?? null)
            setSummary(null)
            if (chosen !== undefined) void send(chosen, null, true)
          }}
        />
      </label>
      <p role="status">{busy ? hotspotText(language, 'working') : said}</p>
      {summary === null || file === null ? null : (
        <Summary
          summary={summary}
          busy={busy}
          onChange={change}
          onTake={dataset === null ? null : () => void send(file, summary.profile, false)}
        />
      )}
    </div>
  )
}

interface SummaryProps {
  readonly summary: ImportSummary
  readonly busy: boolean
  readonly onChange: (profile: ImportProfile) => void
  /** Null: only looked through. */
  readonly onTake: (() => void) | null
}

function Summary({ summary, busy, onChange, onTake }: SummaryProps): ReactElement {
  const { language } = useTexts()
  const { profile, headings, problems } = summary
  const fieldText = (field: string): string => hotspotText(language, `field.${field}` as HotspotTextKey)
  return (
    <div className="hs-summary">
      {summary.remembered ? <p>{hotspotText(language, 'data.remembered')}</p> : null}
      {IMPORT_FIELDS.map((field) => (
        <label key={field}>
          {fieldText(field)}
          <select
            value={profile.columns[field] ?? ''}
            disabled={busy}
            onChange={(event) =>
              onChange({
                ...profile,
                columns: { ...profile.columns, [field]: event.target.value === '' ? null : event.target.value },
              })
            }
          >
            <option value="">—</option>
            {headings
              .filter((heading) => heading !== '')
              .map((heading) => (
                <option key={heading}>{heading}</option>
              ))}
          </select>
        </label>
      ))}
      <label>
        {hotspotText(language, 'data.system')}
        <select
          value={profile.coordinateSystem}
          disabled={busy}
          onChange={(event) =>
            onChange({ ...profile, coordinateSystem: COORDINATE_SYSTEMS.find((one) => one === event.target.value) ?? 'WGS84' })
          }
        >
          {COORDINATE_SYSTEMS.map((system) => (
            <option key={system}>{system}</option>
          ))}
        </select>
      </label>
      <label>
        {hotspotText(language, 'data.dates')}
        <select
          value={profile.dateForm}
          disabled={busy}
          onChange={(event) => onChange({ ...profile, dateForm: DATE_FORMS.find((one) => one === event.target.value) ?? 'auto' })}
        >
          {DATE_FORMS.map((form) => (
            <option key={form} value={form}>
              {hotspotText(language, `dates.${form}`)}
            </option>
          ))}
        </select>
      </label>
      {problems.length > 0 ? (
        <p className="hs-warning">{hotspotText(language, 'data.missing', { fields: problems.map(fieldText).join('、') })}</p>
      ) : (
        <>
          <p>
            {hotspotText(language, 'data.summary', {
              rows: summary.rows,
              cases: summary.cases,
              placed: summary.placed,
              refused: summary.refused,
              merged: summary.merged,
            })}
          </p>
          {summary.flags.whole_degrees > 0 ? (
            <p className="hs-warning">{hotspotText(language, 'data.whole_degrees', { count: summary.flags.whole_degrees })}</p>
          ) : null}
          {summary.flags.no_position > 0 ? (
            <p>{hotspotText(language, 'data.no_position', { count: summary.flags.no_position })}</p>
          ) : null}
          <p>{hotspotText(language, 'data.preview')}</p>
          <ul>
            {summary.shown.slice(0, 12).map(({ row, code, column, value }) => {
              const key = `refusal.${code}`
              return (
                <li key={row}>
                  <span>{hotspotText(language, 'rowOf', { row })}</span>
                  <span>{isHotspotTextKey(key) ? hotspotText(language, key) : code}</span>
                  <span>
                    {column} {value}
                  </span>
                </li>
              )
            })}
          </ul>
          {onTake === null ? null : (
            <button type="button" className="hs-primary" disabled={busy || summary.cases === 0} onClick={onTake}>
              {hotspotText(language, 'data.take', { cases: summary.cases })}
            </button>
          )}
        </>
      )}
    </div>
  )
}
