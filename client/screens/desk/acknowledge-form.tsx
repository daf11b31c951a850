import { useId, useState, type FormEvent, type ReactElement } from 'react'
import { z } from 'zod'

import { looksLikeIdentity, parseInstant } from '../../../shared/domain/field.ts'
import { MAX_NOTE_LENGTH, REASON_CODES, type ReasonCode } from '../../../shared/alarms/reason.ts'
import { request, type Failure } from '../../api/request.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { textOf, useTexts, type Language } from '../../i18n/language.ts'

const answerSchema = z.looseObject({ ok: z.literal(true), seq: z.number() })
const takenSchema = z.looseObject({ by: z.string().nullable(), at: z.string() })

type Outcome =
  | { readonly kind: 'idle' }
  | { readonly kind: 'sending' }
  | { readonly kind: 'said'; readonly text: string; readonly good: boolean }

/** An officer's reason, by code or in words; the first to give one wins, the second is told by whom. */
export function AcknowledgeForm({ alarmId }: { readonly alarmId: string }): ReactElement {
  const { t, language } = useTexts()
  const [code, setCode] = useState<ReasonCode | null>(null)
  const [note, setNote] = useState('')
  const [outcome, setOutcome] = useState<Outcome>({ kind: 'idle' })
  const hintId = useId()
  const words = note.trim()
  const reason = words === '' ? code : words
  const suspicious = looksLikeIdentity(words)

  const send = async (): Promise<void> => {
    if (reason === null || suspicious) return
    setOutcome({ kind: 'sending' })
    const path = `/api/alarms/${encodeURIComponent(alarmId)}/acknowledge`
    const answer = await request('POST', path, answerSchema, { body: { reason } })
    const text = answer.ok ? deskText(language, 'panel.done') : refusalText(answer, language)
    setOutcome({ kind: 'said', text, good: answer.ok })
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void send().catch(() => setOutcome({ kind: 'said', text: t('desk.ackFailed'), good: false }))
  }
  const hint = suspicious ? t('desk.identityText') : reason === null ? deskText(language, 'panel.pickReason') : ''
  return (
    <form className="acknowledge" onSubmit={submit}>
      <h3>
        {t('desk.reason')} <em>{t('desk.required')}</em>
        <small>{t('desk.audited')}</small>
      </h3>
      <div className="reason-codes">
        {REASON_CODES.map((each) => (
          <button
            key={each}
            type="button"
            aria-pressed={code === each && words === ''}
            onClick={() => setCode(each)}
            disabled={words !== ''}
          >
            {t(`reason.${each}`)}
          </button>
        ))}
      </div>
      <input
        value={note}
        maxLength={MAX_NOTE_LENGTH}
        placeholder={t('desk.note')}
        aria-label={t('desk.note')}
        aria-describedby={hintId}
        onChange={(event) => setNote(event.target.value)}
      />
      <button type="submit" className="primary" disabled={reason === null || suspicious || outcome.kind === 'sending'}>
        {outcome.kind === 'sending' ? deskText(language, 'panel.sending') : t('desk.acknowledge')} <kbd>Enter</kbd>
      </button>
      <p id={hintId} role="status" className="acknowledge-hint" data-good={outcome.kind === 'said' && outcome.good}>
        {outcome.kind === 'said' ? outcome.text : hint}
      </p>
    </form>
  )
}

function refusalText(failure: Failure, language: Language): string {
  if (failure.code === 'already_acknowledged') {
    const taken = takenSchema.safeParse(failure.facts)
    if (!taken.success) return textOf(language, 'alarm.acknowledged')
    const at = parseInstant(taken.data.at)
    return textOf(language, 'desk.taken', { by: taken.data.by ?? '?', time: at === null ? '' : clockTime(at) })
  }
  if (failure.code === 'already_cleared') return deskText(language, 'panel.alreadyOver')
  if (failure.code === 'journal_full' || failure.code === 'journal_failed') return deskText(language, 'panel.notRecorded')
  if (failure.code === 'unreachable') return deskText(language, 'panel.unreachable')
  return textOf(language, failure.code === 'bad_field' ? 'desk.identityText' : 'desk.ackFailed')
}
