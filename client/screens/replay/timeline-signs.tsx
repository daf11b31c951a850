import type { ReactElement } from 'react'

import type { TimelineMark } from '../../../shared/alarms/timeline-marks.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'

/** Where each lane of the timeline lies, pixels from its top. */
export const LANE = { alarms: 46, cases: 70, bookmarks: 92, activity: 128, recordings: 142 } as const

/** An alarm or a case on its lane; it opens what it stands for. */
export function MarkSign({
  mark,
  x,
  onMark,
}: {
  readonly mark: TimelineMark
  readonly x: number
  readonly onMark: (mark: TimelineMark) => void
}): ReactElement {
  const { language } = useTexts()
  const name =
    mark.layer === 'alarms'
      ? alarmKindText(mark.key, language)
      : `${replayText(language, mark.step === 'closed' ? 'legend.closed' : 'legend.reported')} ${mark.key}`
  return (
    <g
      transform={`translate(${x} ${LANE[mark.layer]})`}
      className="replay-mark"
      data-step={mark.step}
      role="button"
      tabIndex={-1}
      aria-label={`${name} ${clockTime(mark.recordedAtMs)}`}
      onPointerDown={(event) => {
        event.stopPropagation()
        onMark(mark)
      }}
    >
      <MarkShape step={mark.step} grade={mark.grade} />
      <title>{`${name} · ${clockTime(mark.recordedAtMs)}`}</title>
    </g>
  )
}

/** Diamond for alarms of priority 1 and 2, triangle for 3 and 4, a sheet for a case reported, a tick for one closed. */
export function MarkShape({ step, grade }: Pick<TimelineMark, 'step' | 'grade'>): ReactElement {
  if (step === 'closed') {
    return (
      <>
        <circle r="9" className="replay-closed" />
        <path d="M-4 0.3-1 3.2 4.4-2.8" className="replay-closed-tick" />
      </>
    )
  }
  if (step === 'reported') return <path d="M-7-9H3L8-4V9H-7ZM3-9V-4H8M-3.5 0.5H4.5M-3.5 4.5H4.5" className="replay-reported" />
  return (grade ?? 4) <= 2 ? (
    <>
      <path d="M0-11 11 0 0 11-11 0Z" className="replay-diamond" />
      <path d="M0-5V1.5M0 4.6v.2" className="replay-sign-light" />
    </>
  ) : (
    <>
      <path d="M0-10 10.5 8.5-10.5 8.5Z" className="replay-triangle" />
      <path d="M0-4V2.5M0 5.4v.2" className="replay-sign-dark" />
    </>
  )
}

interface BookmarkSignProps {
  readonly text: string
  readonly atMs: number
  readonly x: number
  readonly onSeek: (atMs: number) => void
}

/** One's own bookmark on its lane, with its words. */
export function BookmarkSign({ text, atMs, x, onSeek }: BookmarkSignProps): ReactElement {
  const { language } = useTexts()
  return (
    <g
      transform={`translate(${x} ${LANE.bookmarks})`}
      className="replay-mark replay-bookmark"
      role="button"
      tabIndex={-1}
      aria-label={`${replayText(language, 'bookmarks')} ${text} ${clockTime(atMs)}`}
      onPointerDown={(event) => {
        event.stopPropagation()
        onSeek(atMs)
      }}
    >
      <path d="M-6-9H6V9L0 4-6 9Z" />
      <title>{`${text} · ${clockTime(atMs)}`}</title>
    </g>
  )
}
