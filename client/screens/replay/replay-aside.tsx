import type { ReactElement } from 'react'

import { alarmOf, compareAlarms, isOpen, isStanding } from '../../../shared/alarms/alarm-state.ts'
import type { Alarm } from '../../../shared/domain/alarms.ts'
import type { Knowledge } from '../../../shared/replay/player.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import type { LayerMirror, Mirror } from '../../store/mirror.ts'
import { useLayerValue } from '../../store/use-mirror.ts'
import type { ClipClock } from '../../video/recorded-clip.ts'
import type { NamedCamera } from '../desk/near-cameras.tsx'
import { PriorityMark } from '../desk/priority-mark.tsx'
import { subjectName, type Chosen } from '../desk/record-names.ts'
import { RecordedCameras } from './recorded-cameras.tsx'
import type { RecordedSpans } from './use-timeline-data.ts'

interface AsideProps {
  readonly mirror: Mirror
  readonly atMs: number
  readonly live: boolean
  /** Where nothing is known, no alarms is not an answer. */
  readonly knowledge: Knowledge
  readonly isDemo: boolean
  readonly chosen: Chosen | null
  readonly near: readonly NamedCamera[]
  /** Pictures at once, at most. */
  readonly count: number
  readonly spans: ReadonlyMap<string, RecordedSpans>
  /** Stable. */
  readonly clock: () => ClipClock
  readonly onCount: (count: number) => void
  readonly onChoose: (chosen: Chosen) => void
}

/** How many cameras may be asked for. */
const COUNTS = [4, 9] as const

interface Row {
  readonly id: string
  readonly alarm: Alarm
}

const openRows = (layer: LayerMirror): Row[] =>
  [...layer.records.values()]
    .map(({ id, fields }) => ({ id, alarm: alarmOf(fields) }))
    .filter(({ alarm }) => isOpen(alarm))
    .toSorted((a, b) => compareAlarms(a.alarm, b.alarm))

/** What the room knew at the instant, and which cameras were recorded for the chosen place. */
export function ReplayAside(props: AsideProps): ReactElement {
  const { mirror, chosen, count, knowledge, onCount, onChoose } = props
  const { t, language } = useTexts()
  const rows = useLayerValue(mirror, 'alarms', openRows)
  return (
    <aside className="replay-aside">
      <section className="replay-panel replay-cameras">
        <h2>
          {replayText(language, 'camerasThen')}
          <span className="replay-choices" role="group" aria-label={replayText(language, 'tiles')}>
            {COUNTS.map((each) => (
              <button key={each} type="button" aria-pressed={each === count} onClick={() => onCount(each)}>
                {replayText(language, `tiles.${each}`)}
              </button>
            ))}
          </span>
        </h2>
        <RecordedCameras {...props} />
      </section>
      <section className="replay-panel replay-alarms">
        <h2>
          {replayText(language, 'alarmsThen')}
          <small className="digits">{knowledge === 'known' ? rows.length : '—'}</small>
        </h2>
        {rows.length === 0 ? (
          <p className="replay-empty">{replayText(language, knowledge === 'known' ? 'noAlarmsThen' : `unknown.${knowledge}`)}</p>
        ) : null}
        <ol>
          {rows.map(({ id, alarm }) => (
            <li key={id}>
              <button
                type="button"
                aria-pressed={chosen?.layer === 'alarms' && chosen.id === id}
                onClick={() => onChoose({ layer: 'alarms', id })}
              >
                <PriorityMark priority={priorityOf(alarm)} sizePx={30} />
                <span className="replay-alarm-what">
                  <b>{alarmKindText(alarm.kind, language)}</b>
                  <span>{subjectName(mirror, alarm.subject, language)}</span>
                </span>
                <span className="replay-alarm-when">
                  <b className="digits">{clockTime(Date.parse(alarm.raisedAt ?? ''))}</b>
                  <span data-state={isStanding(alarm) ? alarm.state : 'cleared'}>{t(`alarm.${alarm.state ?? 'raised'}`)}</span>
                </span>
              </button>
            </li>
          ))}
        </ol>
      </section>
    </aside>
  )
}

const PRIORITIES = [1, 2, 3, 4] as const
const priorityOf = ({ priority }: Alarm): 1 | 2 | 3 | 4 => PRIORITIES.find((each) => each === priority) ?? 4
