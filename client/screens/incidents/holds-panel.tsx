import { useState, type FormEvent, type ReactElement } from 'react'

import { parseInstant } from '../../../shared/domain/field.ts'
import { doneSchema, request } from '../../api/request.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { incidentText, type IncidentTextKey } from '../../i18n/incident-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { holdsSchema, type Hold } from './incident-api.ts'
import { useRead } from './use-read.ts'

/** What is held and what was; a hold is released here, with a reason. */
export function HoldsPanel(): ReactElement {
  const { language } = useTexts()
  const { value, failure, again } = useRead('/api/holds', holdsSchema)
  return (
    <section className="incidents-card">
      <h2>{incidentText(language, 'holds')}</h2>
      {value === null ? <p className="incidents-empty">{incidentText(language, failure ?? 'loading')}</p> : null}
      {value?.holds.length === 0 ? <p className="incidents-empty">{incidentText(language, 'noHolds')}</p> : null}
      <ul>
        {value?.holds.map((hold) => (
          <HoldRow key={hold.id} hold={hold} onReleased={again} />
        ))}
      </ul>
    </section>
  )
}

function HoldRow({ hold, onReleased }: { readonly hold: Hold; readonly onReleased: () => void }): ReactElement {
  const { language } = useTexts()
  const text = (key: IncidentTextKey): string => incidentText(language, key)
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const [refused, setRefused] = useState(false)
  const release = async (event: FormEvent): Promise<void> => {
    event.preventDefault()
    const answer = await request('POST', `/api/holds/${hold.id}/release`, doneSchema, { body: { reason: reason.trim() } })
    setRefused(!answer.ok)
    if (answer.ok) onReleased()
  }
  const { from, to, cameras, by, released } = hold
  return (
    <li data-held={released === null}>
      <div>
        <b>{hold.reason}</b>
        <span className="digits">
          {dayAndTime(parseInstant(from) ?? 0, language)} – {dayAndTime(parseInstant(to) ?? 0, language)}
        </span>
        <small>
          {text('by')} {by} · {cameras === null ? text('allCameras') : `${text('theseCameras')}${cameras.join('、')}`}
        </small>
        {released === null ? null : (
          <small>
            {text('released')} · {dayAndTime(parseInstant(released.at) ?? 0, language)} · {released.by} · {released.reason}
          </small>
        )}
        {asking && released === null ? (
          <form onSubmit={(event) => void release(event)}>
            <input
              name="release-reason"
              required
              minLength={2}
              maxLength={500}
              placeholder={text('releaseReason')}
              aria-label={text('releaseReason')}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
            <button>{text('release')}</button>
          </form>
        ) : null}
        {refused ? <small role="alert">{text('refused')}</small> : null}
      </div>
      {released === null ? (
        <span className="incidents-state">
          <em>{text('heldNow')}</em>
          {asking ? null : (
            <button type="button" onClick={() => setAsking(true)}>
              {text('release')}
            </button>
          )}
        </span>
      ) : null}
    </li>
  )
}
