import type { ReactElement } from 'react'

import { clockTime, minuteTime } from '../../i18n/format.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { Mirror } from '../../store/mirror.ts'
import { PriorityMark } from '../desk/priority-mark.tsx'
import { callsForSomebody, type QueueRow } from '../desk/queue-rows.ts'
import { placeOnWall } from '../desk/record-names.ts'

const STATE_TEXTS = {
  raised: 'alarm.raised',
  escalated: 'alarm.escalated',
  acknowledged: 'alarm.acknowledged',
  over: 'alarm.cleared',
} as const

interface WallAlarmsProps {
  readonly rows: readonly QueueRow[]
  readonly loaded: boolean
  readonly mirror: Mirror
  readonly shownId: string | null
  /** How many rows have room. */
  readonly room: number
  readonly lastChangeAtMs: number | null
  readonly unit: number
}

/** The open alarms, the most urgent first; how many more there are is said, never hidden. */
export function WallAlarms({ rows, loaded, mirror, shownId, room, lastChangeAtMs, unit }: WallAlarmsProps): ReactElement {
  const { t, language } = useTexts()
  const fits = rows.length > room ? room - 1 : room
  const hidden = rows.length - fits
  return (
    <section className="wall-panel wall-grow wall-alarms">
      <h2>
        {t('alarms.title')}
        <small>{t('alarms.open', { count: rows.filter(callsForSomebody).length })}</small>
      </h2>
      {rows.length === 0 ? (
        <div className="wall-empty">
          <p>{loaded ? t('alarms.none') : t('app.loading')}</p>
          {lastChangeAtMs === null || !loaded ? null : <p>{t('alarms.noneSince', { time: clockTime(lastChangeAtMs) })}</p>}
        </div>
      ) : (
        <ul style={{ gridTemplateRows: `repeat(${room}, 1fr)` }}>
          {rows.slice(0, fits).map((row) => (
            <li key={row.id} data-state={row.state} data-shown={row.id === shownId}>
              <PriorityMark priority={row.priority} sizePx={40 * unit} />
              <b>{alarmKindText(row.kind, language)}</b>
              <span className="wall-alarm-time digits">{row.raisedAtMs === null ? '' : minuteTime(row.raisedAtMs)}</span>
              <span className="wall-alarm-place">{placeOnWall(mirror, row.subject, language)}</span>
              <span className="wall-alarm-state">{t(STATE_TEXTS[row.state])}</span>
            </li>
          ))}
          {hidden > 0 ? <li className="wall-alarm-more">{t('alarms.more', { count: hidden })}</li> : null}
        </ul>
      )}
    </section>
  )
}
