import { useEffect, useRef, useState, type PointerEvent, type ReactElement, type RefObject } from 'react'

import type { TimelineMark } from '../../../shared/alarms/timeline-marks.ts'
import type { Bookmark } from '../../../shared/protocol/bookmarks.ts'
import type { Lifetime } from '../../../shared/replay/known-time.ts'
import type { PlayerState } from '../../../shared/replay/player.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import { Backdrop, BARS, Lanes, scaleOf, SIZE, type Track } from './timeline-lanes.tsx'
import { LANE } from './timeline-signs.tsx'
import type { TimeWindow } from './timeline-scale.ts'
import type { TimelineData } from './use-timeline-data.ts'

interface TimelineProps {
  readonly window: TimeWindow
  readonly state: PlayerState
  readonly lifetimes: readonly Lifetime[]
  readonly data: TimelineData
  readonly tracks: readonly Track[]
  /** What is selected, for export. */
  readonly range: TimeWindow | null
  readonly bookmarks: readonly Bookmark[]
  /** The other instant of a comparison. */
  readonly anchorMs: number | null
  readonly onSeek: (atMs: number) => void
  /** The playhead was let go at or beyond now. */
  readonly onLive: () => void
  readonly onRange: (range: TimeWindow) => void
  readonly onPan: (byMs: number) => void
  readonly onMark: (mark: TimelineMark) => void
}

/** Lanes of events, activity and recordings over one scale; dragging anywhere moves the instant. */
export function ReplayTimeline(props: TimelineProps): ReactElement {
  const {
    window: shown,
    state,
    lifetimes,
    data,
    tracks,
    range,
    bookmarks,
    anchorMs,
    onSeek,
    onLive,
    onRange,
    onPan,
    onMark,
  } = props
  const { language } = useTexts()
  const { hostRef, width } = useWidth()
  /** Where a drag that selects began; `seek`: a drag that moves the instant. */
  const drag = useRef<number | 'seek' | null>(null)
  const { x, within, at, inner } = scaleOf(shown, width)
  const timeAt = (event: PointerEvent<SVGSVGElement>): number =>
    at(event.clientX - event.currentTarget.getBoundingClientRect().left)
  usePanning(hostRef, (px) => onPan((px / inner) * (shown.toMs - shown.fromMs)))
  const playX = x(state.atMs)
  return (
    <div className="replay-lanes" ref={hostRef}>
      <svg
        width={width}
        height={SIZE.height}
        role="slider"
        tabIndex={0}
        aria-label={replayText(language, 'timeline')}
        aria-valuemin={shown.fromMs}
        aria-valuemax={shown.toMs}
        aria-valuenow={state.atMs}
        aria-valuetext={clockTime(state.atMs)}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId)
          drag.current = event.shiftKey ? timeAt(event) : 'seek'
          if (drag.current === 'seek') onSeek(timeAt(event))
        }}
        onPointerMove={(event) => {
          if (drag.current === 'seek') onSeek(timeAt(event))
          else if (drag.current !== null) onRange(rangeBetween(drag.current, timeAt(event)))
        }}
        onPointerUp={(event) => {
          if (drag.current === 'seek' && state.range !== null && timeAt(event) >= state.range.toMs) onLive()
          drag.current = null
        }}
        onPointerCancel={() => (drag.current = null)}
      >
        <defs>
          <pattern id="replay-unknown" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <line x1="0" y1="0" x2="0" y2="9" stroke="#2a3548" strokeWidth="4" />
          </pattern>
        </defs>
        <text x={0} y={LANE.alarms + 17}>
          {replayText(language, 'events')}
        </text>
        <text x={0} y={LANE.bookmarks + 5}>
          {replayText(language, 'bookmarks')}
        </text>
        <text x={0} y={LANE.activity + 2}>
          {replayText(language, 'activity')}
        </text>
        <text x={0} y={LANE.recordings + 14}>
          {replayText(language, 'recordings')}
        </text>
        <Backdrop
          shown={shown}
          width={width}
          rangeFromMs={state.range?.fromMs ?? null}
          rangeToMs={state.range?.toMs ?? null}
          lifetimes={lifetimes}
        />
        {range === null ? null : (
          <rect
            x={within(range.fromMs)}
            y={SIZE.top}
            width={Math.max(2, within(range.toMs) - within(range.fromMs))}
            height={SIZE.height - SIZE.top}
            className="replay-range"
          />
        )}
        <Lanes shown={shown} width={width} data={data} tracks={tracks} bookmarks={bookmarks} onSeek={onSeek} onMark={onMark} />
        {/* What lies after the instant is dimmed. */}
        <rect
          x={within(state.atMs)}
          y={BARS.bottom - BARS.height}
          width={SIZE.left + inner - within(state.atMs)}
          height={BARS.height}
          className="replay-ahead"
        />
        {anchorMs === null || anchorMs < shown.fromMs || anchorMs > shown.toMs ? null : (
          <g className="replay-anchor">
            <line x1={x(anchorMs)} x2={x(anchorMs)} y1={SIZE.top - 6} y2={SIZE.height} />
            <text x={x(anchorMs) + 6} y={SIZE.top + 8}>
              {replayText(language, 'compareA')}
            </text>
          </g>
        )}
        {playX < SIZE.left || playX > SIZE.left + inner ? null : (
          <g className="replay-playhead">
            <rect x={playX - 76} y={0} width={152} height={26} className="replay-cover" />
            <line x1={playX} x2={playX} y1={SIZE.top - 6} y2={SIZE.height} />
            <rect x={playX - 52} y={0} width={104} height={26} rx={4} />
            <text x={playX} y={19} textAnchor="middle" className="digits">
              {clockTime(state.atMs)}
            </text>
          </g>
        )}
      </svg>
    </div>
  )
}

/** A range in its order, whichever end was chosen first. */
export function rangeBetween(a: number, b: number): TimeWindow {
  return { fromMs: Math.round(Math.min(a, b)), toMs: Math.round(Math.max(a, b)) }
}

function useWidth(): { readonly hostRef: RefObject<HTMLDivElement | null>; readonly width: number } {
  const hostRef = useRef<HTMLDivElement | null>(null)
  const [width, setWidth] = useState(1200)
  useEffect(() => {
    const host = hostRef.current
    if (host === null) return undefined
    const observer = new ResizeObserver(() => setWidth(Math.max(480, host.clientWidth)))
    observer.observe(host)
    return () => observer.disconnect()
  }, [])
  return { hostRef, width }
}

/** The wheel pans; React listens passively and could not keep the page from scrolling. */
function usePanning(hostRef: RefObject<HTMLDivElement | null>, onPan: (px: number) => void): void {
  const latest = useRef(onPan)
  useEffect(() => {
    latest.current = onPan
  })
  useEffect(() => {
    const host = hostRef.current
    if (host === null) return undefined
    const wheel = (event: WheelEvent): void => {
      event.preventDefault()
      latest.current(Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : event.deltaY)
    }
    host.addEventListener('wheel', wheel, { passive: false })
    return () => host.removeEventListener('wheel', wheel)
  }, [hostRef])
}
