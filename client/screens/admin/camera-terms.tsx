import { useState, type ReactElement } from 'react'
import { z } from 'zod'

import { consentSchema, type Consent } from '../../../shared/domain/consent.ts'
import { doneSchema, request } from '../../api/request.ts'
import { adminText } from '../../i18n/admin-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { outcomeText } from './use-list.ts'

const MODES = ['always', 'alarm', 'never'] as const

/** What a camera is recorded by, and what its owner allows. */
export const termsSchema = z.object({
  recording: z.enum(MODES),
  retentionDays: z.number(),
  underDecree: z.boolean(),
  consent: consentSchema.nullable(),
})
type Terms = z.output<typeof termsSchema>

interface CameraTermsProps {
  readonly cameraId: string
  readonly terms: Terms
  readonly onChanged: () => void
}

const NO_CONSENT: Consent = { grantedBy: '', until: null, live: true, recordings: true, alarmOnly: false }
/** Midnight after a day of Beijing time. */
const endOf = (day: string): string => new Date(Date.parse(`${day}T00:00:00+08:00`) + 86_400_000).toISOString()
const dayOf = (until: string): string => new Date(Date.parse(until) - 1 + 8 * 3_600_000).toISOString().slice(0, 10)

/** How a camera is recorded and what its owner agreed to, changed as one. */
export function CameraTerms({ cameraId, terms, onChanged }: CameraTermsProps): ReactElement {
  const { language } = useTexts()
  const [edited, setEdited] = useState(terms)
  const [said, setSaid] = useState('')
  const { recording, retentionDays, underDecree, consent } = edited
  const change = (part: Partial<Terms>): void => setEdited({ ...edited, ...part })
  const agree = (part: Partial<Consent>): void => change({ consent: { ...(consent ?? NO_CONSENT), ...part } })
  const save = async (): Promise<void> => {
    const path = `/api/cameras/${encodeURIComponent(cameraId)}`
    const answer = await request('PATCH', path, doneSchema, { body: edited })
    setSaid(outcomeText(answer, language))
    if (answer.ok) onChanged()
  }
  return (
    <div className="camera-terms">
      <label>
        {adminText(language, 'recording')}
        <select
          value={recording}
          onChange={(event) => change({ recording: MODES.find((mode) => mode === event.target.value) ?? recording })}
        >
          {MODES.map((mode) => (
            <option key={mode} value={mode}>
              {adminText(language, `recording.${mode}`)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {adminText(language, 'retention')}
        <input
          type="number"
          min={1}
          value={retentionDays}
          onChange={(event) => change({ retentionDays: event.target.valueAsNumber || 1 })}
        />
      </label>
      <label>
        <input type="checkbox" checked={underDecree} onChange={() => change({ underDecree: !underDecree })} />
        {adminText(language, 'decree')}
      </label>
      <label>
        <input
          type="checkbox"
          checked={consent !== null}
          onChange={() => change({ consent: consent === null ? NO_CONSENT : null })}
        />
        {adminText(language, 'consent')}
      </label>
      {consent === null ? (
        <span>{adminText(language, 'consent.none')}</span>
      ) : (
        <>
          <label>
            {adminText(language, 'consent.by')}
            <input value={consent.grantedBy} maxLength={80} onChange={(event) => agree({ grantedBy: event.target.value })} />
          </label>
          <label>
            {adminText(language, 'consent.until')}
            <input
              type="date"
              value={consent.until === null ? '' : dayOf(consent.until)}
              onChange={(event) => agree({ until: event.target.value === '' ? null : endOf(event.target.value) })}
            />
          </label>
          {(['live', 'recordings', 'alarmOnly'] as const).map((use) => (
            <label key={use}>
              <input type="checkbox" checked={consent[use]} onChange={() => agree({ [use]: !consent[use] })} />
              {adminText(language, `consent.${use}`)}
            </label>
          ))}
        </>
      )}
      <button type="button" className="primary" onClick={() => void save()}>
        {adminText(language, 'save')}
      </button>
      <span role="status">{said}</span>
    </div>
  )
}
