import { memo, type ReactElement } from 'react'

import type { TimelineMark } from '../../../shared/alarms/timeline-marks.ts'
import type { Bookmark } from '../../../shared/protocol/bookmarks.ts'
import { outages, type Lifetime } from '../../../shared/replay/known-time.ts'
import { minuteTime } from '../../i18n/format.ts'
import { BookmarkSign, LANE, MarkSign } from './timeline-signs.tsx'
import { barsOf, fullBar, ticksOf, type TimeWindow } from './timeline-scale.ts'
import type { RecordedSpans, TimelineData } from './use-timeline-data.ts'

/** Of the whole timeline, in pixels: room for names, for the last tick, for the ticks' texts, and its height. */
export const SIZE = { left: 84, right: 16, top: 30, height: 200 } as const
/** The tallest bar of activity, and where bars stand. */
export const BARS = { height: 28, bottom: LANE.activity + 8 } as const
/** Of the lane of recordings, shared by its tracks. */
const TRACKS_HEIGHT = SIZE.height - LANE.recordings - 2
const HIGHEST_TRACK = 11
const PX_A_TICK = 110

/** When a camera was recorded, as a track of the lane of recordings. */
export interface Track {
  readonly id: string
  readonly name: string
  readonly spans: RecordedSpans
}

/** Where an instant lies on a timeline that is so wide. */
export interface TimelineScale {
  /** Pixels from the left edge; outside the window too. */
  x(atMs: number): number
  /** The same, held inside the lanes. */
  within(atMs: number): number
  /** The instant at so many pixels from the left edge. */
  at(px: number): number
  /** The width of the lanes. */
  readonly inner: number
}

export function scaleOf({ fromMs, toMs }: TimeWindow, width: number): TimelineScale {
  const inner = width - SIZE.left - SIZE.right
  const x = (atMs: number): number => SIZE.left + ((atMs - fromMs) / (toMs - fromMs)) * inner
  return {
    inner,
    x,
    within: (atMs) => Math.min(Math.max(x(atMs), SIZE.left), SIZE.left + inner),
    at: (px) => fromMs + ((px - SIZE.left) / inner) * (toMs - fromMs),
  }
}

interface BackdropProps {
  readonly shown: TimeWindow
  readonly width: number
  /** From the first change to now; null: nothing is recorded, or that is not known yet. */
  readonly rangeFromMs: number | null
  readonly rangeToMs: number | null
  readonly lifetimes: readonly Lifetime[]
}

/** Ticks, and what nobody knows. Drawn anew only when the window or what is known changes, not with the playhead. */
export const Backdrop = memo(function Backdrop(props: BackdropProps): ReactElement {
  const { shown, width, rangeFromMs, rangeToMs, lifetimes } = props
  const { x, within, inner } = scaleOf(shown, width)
  return (
    <>
      {ticksOf(shown, inner / PX_A_TICK).map((at) => (
        <g key={at}>
          <line x1={x(at)} x2={x(at)} y1={SIZE.top} y2={SIZE.height} className="replay-grid" />
          <text x={x(at)} y={18} textAnchor="middle" className="digits replay-tick">
            {minuteTime(at)}
          </text>
        </g>
      ))}
      {unknownSpans(shown, rangeFromMs, rangeToMs, lifetimes).map(({ fromMs, toMs }) => (
        <rect
          key={fromMs}
          x={within(fromMs)}
          y={SIZE.top}
          width={Math.max(0, within(toMs) - within(fromMs))}
          height={SIZE.height - SIZE.top}
          fill="url(#replay-unknown)"
        />
      ))}
    </>
  )
})

interface LanesProps {
  readonly shown: TimeWindow
  readonly width: number
  readonly data: TimelineData
  /** Stable while nothing about them changes, as are the callbacks. */
  readonly tracks: readonly Track[]
  readonly bookmarks: readonly Bookmark[]
  readonly onSeek: (atMs: number) => void
  readonly onMark: (mark: TimelineMark) => void
}

/** Activity, recordings, alarms and cases, bookmarks: all that does not move with the playhead. */
export const Lanes = memo(function Lanes({ shown, width, data, tracks, bookmarks, onSeek, onMark }: LanesProps): ReactElement {
  const { x, within, inner } = scaleOf(shown, width)
  const bars = barsOf(data.density, shown, inner, 4)
  const most = fullBar(bars)
  const pitch = Math.min(HIGHEST_TRACK, TRACKS_HEIGHT / Math.max(1, tracks.length))
  const isShown = (atMs: number): boolean => atMs >= shown.fromMs && atMs <= shown.toMs
  return (
    <>
      {bars.map(({ atMs, lengthMs, changes }) => {
        const height = Math.max(1.5, BARS.height * Math.min(1, changes / most))
        const left = within(atMs)
        const barWidth = Math.max(1, within(atMs + lengthMs) - left - 1)
        return <rect key={atMs} x={left} y={BARS.bottom - height} width={barWidth} height={height} className="replay-bar" />
      })}
      {tracks.map((track, index) => (
        <g key={track.id}>
          <title>{track.name}</title>
          <rect
            x={SIZE.left}
            y={LANE.recordings + index * pitch}
            width={inner}
            height={Math.max(2, pitch - 2)}
            className="replay-track"
          />
          {(track.spans ?? []).map(({ from, to }) => (
            <rect
              key={from}
              x={within(from)}
              y={LANE.recordings + index * pitch}
              width={Math.max(1, within(to) - within(from))}
              height={Math.max(2, pitch - 2)}
              className="replay-recorded"
            />
          ))}
        </g>
      ))}
      {data.marks
        .filter(({ recordedAtMs }) => isShown(recordedAtMs))
        .map((mark) => (
          <MarkSign key={`${mark.layer}/${mark.id}/${mark.step}`} mark={mark} x={x(mark.recordedAtMs)} onMark={onMark} />
        ))}
      {bookmarks
        .filter(({ atMs }) => isShown(atMs))
        .map(({ id, atMs, text }) => (
          <BookmarkSign key={id} text={text} atMs={atMs} x={x(atMs)} onSeek={onSeek} />
        ))}
    </>
  )
})

/** What nobody knows: before the first change, while the server was down, and what is still to come. */
function unknownSpans(
  shown: TimeWindow,
  rangeFromMs: number | null,
  rangeToMs: number | null,
  lifetimes: readonly Lifetime[],
): TimeWindow[] {
  if (rangeFromMs === null || rangeToMs === null) return []
  const spans: TimeWindow[] = outages(lifetimes).filter(({ fromMs, toMs }) => toMs > shown.fromMs && fromMs < shown.toMs)
  if (shown.fromMs < rangeFromMs) spans.push({ fromMs: shown.fromMs, toMs: rangeFromMs })
  if (shown.toMs > rangeToMs) spans.push({ fromMs: rangeToMs, toMs: shown.toMs })
  return spans
}
