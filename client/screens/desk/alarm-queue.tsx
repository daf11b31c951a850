import { useState, type KeyboardEvent, type ReactElement } from 'react'

import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { useTexts, type Language } from '../../i18n/language.ts'
import type { LiveLink } from '../../connection/live-link.ts'
import { StatusMark } from '../../panels/status-mark.tsx'
import type { Mirror } from '../../store/mirror.ts'
import { countdown } from './countdown.ts'
import { PriorityMark } from './priority-mark.tsx'
import { callsForSomebody, type QueueRow } from './queue-rows.ts'
import { subjectName } from './record-names.ts'
import { useServerNow } from './use-server-now.ts'

interface AlarmQueueProps {
  readonly rows: readonly QueueRow[]
  readonly loaded: boolean
  readonly chosenId: string | null
  readonly mirror: Mirror
  readonly link: LiveLink
  readonly onChoose: (row: QueueRow) => void
}

/** The open alarms: those that call first. Arrow keys walk through them. */
export function AlarmQueue({ rows, loaded, chosenId, mirror, link, onChoose }: AlarmQueueProps): ReactElement {
  const { t, language } = useTexts()
  const [onlyNew, setOnlyNew] = useState(false)
  const nowMs = useServerNow(link, 1_000)
  const calling = rows.filter(callsForSomebody)
  const shown = onlyNew ? calling : rows
  const walk = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step === 0 || shown.length === 0) return
    event.preventDefault()
    const at = shown.findIndex(({ id }) => id === chosenId)
    const next = shown[at === -1 ? 0 : Math.min(shown.length - 1, Math.max(0, at + step))]
    if (next === undefined) return
    onChoose(next)
    document.getElementById(`queue-${next.id}`)?.focus()
  }
  const empty = loaded ? 'queue.none' : 'queue.notLoaded'
  return (
    <section className="desk-panel queue" aria-label={t('desk.queue')}>
      <h2 className="desk-head">
        {t('desk.queue')}
        <small>{t('desk.order')}</small>
      </h2>
      <div className="queue-tabs" role="tablist">
        <button type="button" role="tab" aria-selected={!onlyNew} onClick={() => setOnlyNew(false)}>
          {t('desk.all', { count: rows.length })}
        </button>
        <button type="button" role="tab" aria-selected={onlyNew} onClick={() => setOnlyNew(true)}>
          {t('desk.new', { count: calling.length })}
        </button>
      </div>
      <div className="queue-columns" aria-hidden="true">
        <span>{t('desk.level')}</span>
        <span>{t('desk.place')}</span>
        <span>{t('desk.waiting')}</span>
        <span>{t('desk.state')}</span>
      </div>
      {shown.length === 0 ? <p className="desk-empty">{deskText(language, empty)}</p> : null}
      <ul className="queue-list" onKeyDown={walk}>
        {shown.map((row) => (
          <li key={row.id}>
            <button
              type="button"
              id={`queue-${row.id}`}
              className="queue-row"
              data-alarm={row.id}
              data-state={row.state}
              aria-current={row.id === chosenId}
              onClick={() => onChoose(row)}
            >
              <PriorityMark priority={row.priority} sizePx={30} />
              <span className="queue-what">
                <b>{alarmKindText(row.kind, language)}</b>
                <span>{subjectName(mirror, row.subject, language)}</span>
              </span>
              <span className="digits queue-wait">{row.raisedAtMs === null ? '—' : countdown(nowMs - row.raisedAtMs)}</span>
              <span className="queue-state">
                <StateChip row={row} language={language} />
                <Due row={row} nowMs={nowMs} language={language} />
              </span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

/** An alarm's state in words, on a ground that tells it apart. */
export function StateChip({ row, language }: { readonly row: QueueRow; readonly language: Language }): ReactElement {
  const { t } = useTexts()
  const text = row.state === 'over' ? deskText(language, 'state.over') : t(`alarm.${row.state}`)
  return (
    <span className="state-chip" data-state={row.state}>
      {row.state === 'acknowledged' ? <StatusMark status="done" /> : null}
      {text}
    </span>
  )
}

function Due({
  row,
  nowMs,
  language,
}: {
  readonly row: QueueRow
  readonly nowMs: number
  readonly language: Language
}): ReactElement | null {
  if (row.dueAtMs === null || row.state === 'over') return null
  const leftMs = row.dueAtMs - nowMs
  return (
    <span className="queue-due" data-over={leftMs < 0}>
      {deskText(language, leftMs < 0 ? 'due.over' : 'due.in')} <b className="digits">{countdown(Math.abs(leftMs))}</b>
    </span>
  )
}
