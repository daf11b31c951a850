import { useState, type FormEvent, type ReactElement } from 'react'

import { alarmOf } from '../../../shared/alarms/alarm-state.ts'
import { formatInstant, type Position } from '../../../shared/domain/field.ts'
import type { PlayerState } from '../../../shared/replay/player.ts'
import { trailAnswerSchema, type TrailAnswer } from '../../../shared/protocol/trail.ts'
import type { Category } from '../../../shared/site/site.ts'
import { request } from '../../api/request.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText, type ReplayTextKey } from '../../i18n/replay-texts.ts'
import type { Mirror } from '../../store/mirror.ts'
import { useLayer } from '../../store/use-mirror.ts'
import { fieldName, fieldText, shownFields } from '../desk/field-text.ts'
import { recordOf, subjectName, type Chosen } from '../desk/record-names.ts'

/** A trail that was asked for, of a case. */
export interface ShownTrail extends TrailAnswer {
  readonly caseId: string
}

interface ChosenPanelProps {
  readonly mirror: Mirror
  readonly chosen: Chosen | null
  /** A place on the ground that was chosen instead of a thing. */
  readonly place: Position | null
  readonly state: PlayerState
  readonly categories: readonly Category[]
  readonly trail: ShownTrail | null
  readonly onTrail: (trail: ShownTrail | null) => void
  readonly onClose: () => void
}

/** What was known of the chosen thing at the instant; of a case also the way of the worker who was sent, for a reason. */
export function ChosenPanel(props: ChosenPanelProps): ReactElement | null {
  const { mirror, chosen, place, state, categories, trail, onTrail, onClose } = props
  const { t, language } = useTexts()
  useLayer(mirror, chosen?.layer ?? 'alarms')
  if (chosen === null && place === null) return null
  const record = chosen === null ? null : recordOf(mirror, chosen)
  const alarm = chosen?.layer === 'alarms' && record !== null ? alarmOf(record.fields) : null
  const name =
    chosen === null
      ? replayText(language, 'place')
      : alarm === null
        ? subjectName(mirror, chosen, language)
        : alarmKindText(alarm.kind, language)
  return (
    <section className="replay-chosen" aria-label={name}>
      <header>
        <b>{name}</b>
        {chosen === null ? null : <span>{t(`layer.${chosen.layer}`)}</span>}
        <button type="button" aria-label={replayText(language, 'close')} title={replayText(language, 'close')} onClick={onClose}>
          ×
        </button>
      </header>
      {place === null || chosen !== null ? null : (
        <p className="replay-empty digits">
          {place[0].toFixed(6)}, {place[1].toFixed(6)}
        </p>
      )}
      {chosen !== null && record === null && !state.loading ? (
        <p className="replay-empty">
          {replayText(language, state.knowledge === 'known' ? 'notThere' : `unknown.${state.knowledge}`)}
        </p>
      ) : null}
      {chosen === null || record === null ? null : (
        <dl>
          {shownFields(chosen.layer).flatMap((field) => {
            const value = record.fields[field]
            if (value === undefined || value === null) return []
            return [
              <div key={field}>
                <dt>{fieldName(field, language)}</dt>
                <dd>
                  {field === 'subject' && alarm !== null
                    ? subjectName(mirror, alarm.subject, language)
                    : fieldText(chosen.layer, field, value, language, categories)}
                </dd>
              </div>,
            ]
          })}
        </dl>
      )}
      {chosen?.layer === 'cases' ? (
        <Trail key={chosen.id} caseId={chosen.id} atMs={state.atMs} trail={trail} onTrail={onTrail} />
      ) : null}
    </section>
  )
}

interface TrailProps {
  readonly caseId: string
  readonly atMs: number
  readonly trail: ShownTrail | null
  readonly onTrail: (trail: ShownTrail | null) => void
}

const REFUSALS: Readonly<Record<string, ReplayTextKey>> = { not_found: 'trailNone', bad_field: 'trailRefused' }

function Trail({ caseId, atMs, trail, onTrail }: TrailProps): ReactElement {
  const { language } = useTexts()
  const [reason, setReason] = useState('')
  const [refused, setRefused] = useState<ReplayTextKey | null>(null)
  const ask = async (): Promise<void> => {
    const body = { at: formatInstant(Math.round(atMs)), reason: reason.trim() }
    const answer = await request('POST', `/api/cases/${caseId}/trail`, trailAnswerSchema, { body })
    setRefused(answer.ok ? null : (REFUSALS[answer.code] ?? 'trailFailed'))
    if (answer.ok) onTrail({ ...answer.value, caseId })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    ask().catch(() => setRefused('trailFailed'))
  }
  if (trail?.caseId === caseId) {
    return (
      <div className="replay-trail" data-points={trail.points.length}>
        <i />
        <span>
          {trail.points.length === 0 ? (
            replayText(language, 'trailEmpty')
          ) : (
            <>
              {replayText(language, 'trail')}{' '}
              <span className="digits">
                {clockTime(trail.fromMs)} – {clockTime(trail.toMs)}
              </span>{' '}
              {replayText(language, `trailEnd.${trail.end}`)}
            </>
          )}
        </span>
        <button type="button" onClick={() => onTrail(null)}>
          {replayText(language, 'trailHide')}
        </button>
      </div>
    )
  }
  return (
    <form className="replay-reason" title={replayText(language, 'trailHint')} onSubmit={submit}>
      <b>{replayText(language, 'trail')}</b>
      <input
        name="trail-reason"
        value={reason}
        minLength={2}
        maxLength={200}
        required
        placeholder={replayText(language, 'trailReason')}
        aria-label={replayText(language, 'trailReason')}
        onChange={({ target }) => setReason(target.value)}
      />
      <button type="submit" className="replay-main" disabled={reason.trim().length < 2}>
        {replayText(language, 'trailShow')}
      </button>
      {refused === null ? null : (
        <p className="replay-refused" role="alert">
          {replayText(language, refused)}
        </p>
      )}
    </form>
  )
}
