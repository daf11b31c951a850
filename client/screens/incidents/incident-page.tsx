import { useMemo, useState, type FormEvent, type ReactElement } from 'react'

import { parseInstant } from '../../../shared/domain/field.ts'
import type { Category } from '../../../shared/site/site.ts'
import { doneSchema, request } from '../../api/request.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { incidentText, incidentTextOf, type IncidentTextKey } from '../../i18n/incident-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { fieldName, fieldText } from '../desk/field-text.ts'
import { madeSchema, namesSchema, type IncidentFile, type TimelineLine } from './incident-api.ts'
import { useRead } from './use-read.ts'

/** Beijing time has no summer time. */
const BEIJING_MS = 8 * 3_600_000
const MOST_NOTE = 4_000

interface IncidentPageProps {
  readonly file: IncidentFile
  readonly categories: readonly Category[]
  readonly onChanged: () => void
}

/** One file: facts, timeline, notes and stills; printed as it stands, without its buttons. */
export function IncidentPage({ file, categories, onChanged }: IncidentPageProps): ReactElement {
  const { language } = useTexts()
  const text = (key: IncidentTextKey): string => incidentText(language, key)
  const time = (instant: string): string => dayAndTime(parseInstant(instant) ?? 0, language)
  const nameOf = useNames(file)
  const facts: readonly [string, string][] = [
    [text('range'), `${time(file.from)} – ${time(file.to)}`],
    [text('reason'), file.reason],
    ...(file.caseId === null ? [] : [[text('case'), file.caseId] as [string, string]]),
    [text('cameras'), file.cameras.map((id) => nameOf('cameras', id)).join('、')],
    [text('made'), `${time(file.at)} · ${file.by}`],
  ]
  return (
    <article className="incident-file">
      <section className="incidents-card">
        <h2>
          {file.reason}
          <button type="button" className="no-print" onClick={() => print()}>
            {text('print')}
          </button>
        </h2>
        <dl>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd className="digits">{value}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className="incidents-card incident-timeline">
        <h2>{text('timeline')}</h2>
        {file.truncated ? <p className="incidents-empty">{text('truncated')}</p> : null}
        {file.timeline.length === 0 ? <p className="incidents-empty">{text('nothingThen')}</p> : null}
        <ol>
          {file.timeline.map((line, index) => (
            <Line key={index} line={line} categories={categories} nameOf={nameOf} />
          ))}
        </ol>
      </section>
      <div className="incident-aside">
        <Stills file={file} nameOf={nameOf} onChanged={onChanged} />
        <Notes file={file} onChanged={onChanged} />
      </div>
    </article>
  )
}

/** On the map, in the line already, or references that say nothing. */
const UNTOLD: ReadonlySet<string> = new Set(['position', 'subject', 'shownPosition', 'shownSubject', 'evidence'])

type NameOf = (layer: string, id: string) => string

/** What records were called then: a file is read long after its range. */
function useNames({ to, at }: IncidentFile): NameOf {
  // At its end, or when the file was made when that lies ahead. What came later is called by its id.
  const query = new URLSearchParams({ at: to < at ? to : at, layers: 'cameras,merchants,stations,buildings' })
  const { value } = useRead(`/api/world?${query}`, namesSchema)
  return useMemo(() => {
    const names = new Map(
      Object.entries(value?.layers ?? {}).flatMap(([layer, records]) =>
        records.map(({ id, name }) => [`${layer}/${id}`, name ?? id] as const),
      ),
    )
    return (layer, id) => names.get(`${layer}/${id}`) ?? id
  }, [value])
}

function Line({
  line,
  categories,
  nameOf,
}: {
  readonly line: TimelineLine
  readonly categories: readonly Category[]
  readonly nameOf: NameOf
}): ReactElement {
  const { language } = useTexts()
  const instant = (
    <a href={`/replay?${new URLSearchParams({ t: line.at })}`}>{dayAndTime(parseInstant(line.at) ?? 0, language)}</a>
  )
  if (line.kind === 'act') {
    const [layer = '', id = ''] = (line.subject ?? '').split('/')
    return (
      <li data-kind="act">
        <span className="digits">{instant}</span>
        <b>{incidentTextOf(language, `act.${line.action}`, line.action)}</b>
        <span>
          {line.by} · {layer === 'cameras' ? nameOf(layer, id) : line.subject}
          {line.reason === null ? '' : ` · ${line.reason}`}
        </span>
      </li>
    )
  }
  const { layer, id, op, fields } = line
  const subject = fields['subject']
  const about =
    typeof subject === 'object' && subject !== null && 'layer' in subject ? ` · ${nameOf(subject.layer, subject.id)}` : ''
  const told = Object.entries(fields).filter(([name, value]) => value !== null && !UNTOLD.has(name))
  return (
    <li data-kind={layer}>
      <span className="digits">{instant}</span>
      <b>
        {incidentTextOf(language, `layer.${layer}`, layer)} {incidentTextOf(language, `op.${op}`, op)}
      </b>
      <span>
        <code>{id}</code>
        {about}
        {told.map(([name, value]) => (
          <i key={name}>
            {fieldName(name, language)} {fieldText(layer, name, value, language, categories)}
          </i>
        ))}
      </span>
    </li>
  )
}

function Notes({ file, onChanged }: { readonly file: IncidentFile; readonly onChanged: () => void }): ReactElement {
  const { language } = useTexts()
  const text = (key: IncidentTextKey): string => incidentText(language, key)
  const [words, setWords] = useState('')
  const [refused, setRefused] = useState(false)
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const answer = await request('POST', `/api/incidents/${file.id}/notes`, madeSchema, { body: { text: words.trim() } })
    setRefused(!answer.ok)
    if (!answer.ok) return
    setWords('')
    onChanged()
  }
  const erase = async (id: string): Promise<void> => {
    const answer = await request('DELETE', `/api/incidents/${file.id}/notes/${id}`, doneSchema)
    if (answer.ok) onChanged()
  }
  return (
    <section className="incidents-card incident-notes">
      <h2>{text('notes')}</h2>
      {file.notes.length === 0 ? <p className="incidents-empty">{text('noNotes')}</p> : null}
      <ul>
        {file.notes.map(({ id, at, by, text: said }) => (
          <li key={id}>
            <div>
              <p>{said ?? text('erased')}</p>
              <small className="digits">
                {dayAndTime(parseInstant(at) ?? 0, language)} · {by}
              </small>
            </div>
            {said === null ? null : (
              <button type="button" className="no-print" onClick={() => void erase(id)}>
                {text('erase')}
              </button>
            )}
          </li>
        ))}
      </ul>
      <form className="no-print" onSubmit={(event) => void add(event)}>
        <textarea
          name="note"
          rows={3}
          required
          maxLength={MOST_NOTE}
          placeholder={text('noteHint')}
          value={words}
          onChange={({ target }) => setWords(target.value)}
        />
        <button disabled={words.trim() === ''}>{text('addNote')}</button>
        {refused ? <small role="alert">{text('noteHint')}</small> : null}
      </form>
    </section>
  )
}

function Stills({
  file,
  nameOf,
  onChanged,
}: {
  readonly file: IncidentFile
  readonly nameOf: NameOf
  readonly onChanged: () => void
}): ReactElement {
  const { language } = useTexts()
  const text = (key: IncidentTextKey): string => incidentText(language, key)
  const [cameraId, setCameraId] = useState(file.cameras[0] ?? '')
  const [at, setAt] = useState(() => new Date((parseInstant(file.from) ?? 0) + BEIJING_MS).toISOString().slice(0, 19))
  const [refused, setRefused] = useState(false)
  const add = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const body = { cameraId, at: `${at.length === 16 ? `${at}:00` : at}+08:00` }
    const answer = await request('POST', `/api/incidents/${file.id}/stills`, madeSchema, { body })
    setRefused(!answer.ok)
    if (answer.ok) onChanged()
  }
  return (
    <section className="incidents-card incident-stills">
      <h2>{text('stills')}</h2>
      {file.stills.length === 0 ? <p className="incidents-empty">{text('noStills')}</p> : null}
      <div>
        {file.stills.map(({ id, cameraId: camera, takenAt }) => (
          <figure key={id}>
            <img src={`/api/incidents/${file.id}/stills/${id}`} alt={nameOf('cameras', camera)} />
            <figcaption className="digits">
              {nameOf('cameras', camera)} · {text('takenAt')} {dayAndTime(parseInstant(takenAt) ?? 0, language)}
            </figcaption>
          </figure>
        ))}
      </div>
      {file.cameras.length === 0 ? null : (
        <form className="no-print" onSubmit={(event) => void add(event)}>
          <select
            name="camera"
            aria-label={text('cameras')}
            value={cameraId}
            onChange={({ target }) => setCameraId(target.value)}
          >
            {file.cameras.map((id) => (
              <option key={id} value={id}>
                {nameOf('cameras', id)}
              </option>
            ))}
          </select>
          <input
            type="datetime-local"
            name="at"
            step={1}
            required
            aria-label={text('stillAt')}
            value={at}
            onChange={({ target }) => setAt(target.value)}
          />
          <button>{text('addStill')}</button>
          {refused ? <small role="alert">{text('noPicture')}</small> : null}
        </form>
      )}
    </section>
  )
}
