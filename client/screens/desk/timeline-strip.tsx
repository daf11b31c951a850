import { useEffect, useRef, useState, type PointerEvent, type ReactElement } from 'react'

import type { LiveLink } from '../../connection/live-link.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime, minuteTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import type { Mirror } from '../../store/mirror.ts'
import { useLayer } from '../../store/use-mirror.ts'
import { BUCKET_MS, createActivity } from './activity.ts'
import { queueRow, type QueueRow } from './queue-rows.ts'
import { usePastActivity } from './use-past-activity.ts'
import { useServerNow } from './use-server-now.ts'

const HOUR_MS = 3_600_000
/** Room right of the live edge, where due times lie. */
const AHEAD_MS = 8 * 60_000
const GRID_MS = 5 * 60_000
/** How far the button goes back. */
const REWIND_MS = 5 * 60_000
/** A hand that does not mean to drag moves the pointer by less. */
const AIM_MS = 20_000
const HEIGHT = 100
const LEFT = 58

interface TimelineStripProps {
  readonly mirror: Mirror
  readonly link: LiveLink
  readonly onChoose: (row: QueueRow) => void
  /** Goes back to an instant; null for whom the past is not. */
  readonly onRewind: ((atMs: number) => void) | null
}

/** The last hour up to its live edge: alarms as they came and were taken up, and how much changed. */
export function TimelineStrip({ mirror, link, onChoose, onRewind }: TimelineStripProps): ReactElement {
  const { t, language } = useTexts()
  const alarms = useLayer(mirror, 'alarms')
  const nowMs = useServerNow(link, 1_000)
  const { hostRef, width } = useWidth()
  const [activity] = useState(() => createActivity(mirror, () => link.serverNowMs()))
  useEffect(() => activity.start(), [activity])
  const past = usePastActivity(link, onRewind !== null)

  const fromMs = nowMs - HOUR_MS
  const toMs = nowMs + AHEAD_MS
  const x = (atMs: number): number => LEFT + ((atMs - fromMs) / (toMs - fromMs)) * (width - LEFT - 8)
  const rows = [...alarms.records.values()].map(queueRow)
  const raised = rows.filter(({ raisedAtMs }) => raisedAtMs !== null && raisedAtMs >= fromMs && raisedAtMs <= nowMs)
  const taken = rows.filter(({ acknowledgedAtMs }) => acknowledgedAtMs !== null && acknowledgedAtMs >= fromMs)
  const ticks: number[] = []
  for (let at = Math.ceil(fromMs / GRID_MS) * GRID_MS; at <= toMs; at += GRID_MS) ticks.push(at)
  const pastEndMs = past?.bars.at(-1)?.toMs ?? 0
  const bars = [
    ...(past?.bars ?? []).filter((bar) => bar.toMs > fromMs),
    ...[...activity.buckets]
      .filter(([at]) => at >= fromMs && at >= pastEndMs)
      .map(([at, count]) => ({ fromMs: at, toMs: at + BUCKET_MS, perBucket: count })),
  ]
  const most = Math.max(1, ...bars.map(({ perBucket }) => perBucket))
  /** Where nobody here knows what happened. */
  const unknown = (past?.unknown ?? [{ fromMs, toMs: activity.sinceMs }])
    .map((span) => ({ fromMs: Math.max(span.fromMs, fromMs), toMs: span.toMs }))
    .filter((span) => span.toMs > span.fromMs)
  const noteMs = unknown[0]?.fromMs === fromMs ? unknown[0].toMs : null
  const edge = x(nowMs)
  /** Where the live edge was dragged to. */
  const [draggedMs, setDraggedMs] = useState<number | null>(null)
  const timeAt = (event: PointerEvent<SVGSVGElement>): number => {
    const { left } = event.currentTarget.getBoundingClientRect()
    const share = (event.clientX - left - LEFT) / (width - LEFT - 8)
    return Math.min(Math.max(fromMs + share * (toMs - fromMs), fromMs), nowMs)
  }
  return (
    <section className="desk-panel timeline" aria-label={t('desk.timeline')}>
      <h2 className="desk-head">
        {t('desk.timeline')}
        <small>
          {t('desk.timelineHint')}
          {onRewind === null ? ` · ${deskText(language, 'timeline.noReplay')}` : ''}
        </small>
        {onRewind === null ? null : (
          <button
            type="button"
            className="timeline-rewind"
            title={deskText(language, 'timeline.rewindHint')}
            onClick={() => onRewind(nowMs - REWIND_MS)}
          >
            {deskText(language, 'timeline.rewind')}
          </button>
        )}
      </h2>
      <div className="timeline-host" ref={hostRef}>
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={t('desk.timelineHint')}
          className={onRewind === null ? undefined : 'timeline-draggable'}
          onPointerDown={(event) => {
            if (onRewind === null) return
            event.currentTarget.setPointerCapture(event.pointerId)
            setDraggedMs(timeAt(event))
          }}
          onPointerMove={(event) => draggedMs !== null && setDraggedMs(timeAt(event))}
          onPointerUp={() => {
            // Let go at now: stays there.
            if (draggedMs !== null && nowMs - draggedMs > AIM_MS) onRewind?.(draggedMs)
            setDraggedMs(null)
          }}
          onPointerCancel={() => setDraggedMs(null)}
        >
          <defs>
            <pattern id="ahead" width="9" height="9" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
              <line x1="0" y1="0" x2="0" y2="9" stroke="#182a47" strokeWidth="4" />
            </pattern>
          </defs>
          <rect x={edge} y={20} width={Math.max(0, width - edge - 4)} height={HEIGHT - 20} fill="url(#ahead)" />
          {ticks.map((at) => (
            <g key={at}>
              <line x1={x(at)} x2={x(at)} y1={20} y2={HEIGHT} className="timeline-grid" />
              {Math.abs(x(at) - edge) > 84 && x(at) < width - 20 ? (
                <text x={x(at)} y={13} textAnchor="middle" className="digits">
                  {minuteTime(at)}
                </text>
              ) : null}
            </g>
          ))}
          <text x={0} y={43}>
            {t('layer.alarms')}
          </text>
          <text x={0} y={86}>
            {t('desk.activity')}
          </text>
          {unknown.map((span) => (
            <rect
              key={span.toMs}
              x={x(span.fromMs)}
              y={62}
              width={x(span.toMs) - x(span.fromMs)}
              height={HEIGHT - 64}
              className="timeline-unknown"
            />
          ))}
          {noteMs !== null && x(noteMs) - LEFT > 420 ? (
            <text x={LEFT + 14} y={86} className="timeline-note">
              {deskText(language, past === null ? 'timeline.observed' : 'timeline.before', { time: clockTime(noteMs) })}
            </text>
          ) : null}
          {bars.map(({ fromMs: barFromMs, toMs: barToMs, perBucket }) => {
            const height = (34 * perBucket) / most
            const left = Math.max(LEFT, x(barFromMs))
            const barWidth = Math.max(1, x(barToMs) - left - 1)
            return (
              <rect key={barFromMs} x={left} y={HEIGHT - 2 - height} width={barWidth} height={height} className="timeline-bar" />
            )
          })}
          {taken.map((row) => (
            <g key={`taken-${row.id}`} transform={`translate(${x(row.acknowledgedAtMs ?? 0)} 38)`}>
              <circle r="8" className="timeline-taken" />
              <path d="M-3.5 0.3-0.8 3 4-2.6" className="timeline-tick" />
              <title>{`${alarmKindText(row.kind, language)} · ${deskText(language, 'timeline.acknowledged')}`}</title>
            </g>
          ))}
          {raised.map((row) => (
            <g
              key={row.id}
              transform={`translate(${x(row.raisedAtMs ?? 0)} 38)`}
              className="timeline-alarm"
              role="button"
              tabIndex={-1}
              onPointerDown={(event) => event.stopPropagation()}
              onClick={() => onChoose(row)}
            >
              {row.priority <= 2 ? (
                <path d="M0-10 10 0 0 10-10 0Z" className="timeline-diamond" />
              ) : (
                <path d="M0-9 9.5 8-9.5 8Z" className="timeline-triangle" />
              )}
              <path d="M0-4.5V1.5M0 4.4v.2" className={row.priority <= 2 ? 'timeline-sign-light' : 'timeline-sign-dark'} />
              <title>{`${alarmKindText(row.kind, language)} · ${clockTime(row.raisedAtMs ?? 0)}`}</title>
            </g>
          ))}
          <line x1={edge} x2={edge} y1={20} y2={HEIGHT} className="timeline-edge" />
          <g>
            <rect x={edge - 62} y={0} width={124} height={22} rx={4} className="timeline-flag" data-ground="" />
            <circle cx={edge - 48} cy={11} r={4.5} fill="#0a6b51" />
            <text x={edge - 38} y={16} className="timeline-live">
              {t('desk.live')}
            </text>
            <text x={edge + 56} y={16.5} textAnchor="end" className="digits timeline-live">
              {clockTime(nowMs)}
            </text>
          </g>
          {draggedMs === null ? null : (
            <g className="timeline-dragged">
              <line x1={x(draggedMs)} x2={x(draggedMs)} y1={20} y2={HEIGHT} />
              <rect x={x(draggedMs) - 46} y={0} width={92} height={22} rx={4} />
              <text x={x(draggedMs)} y={16.5} textAnchor="middle" className="digits">
                {clockTime(draggedMs)}
              </text>
            </g>
          )}
        </svg>
      </div>
    </section>
  )
}

function useWidth(): { readonly hostRef: React.RefObject<HTMLDivElement | null>; readonly width: number } {
  const hostRef = useRef<HTMLDivElement | null>(null)
  const [width, setWidth] = useState(1200)
  useEffect(() => {
    const host = hostRef.current
    if (host === null) return undefined
    const observer = new ResizeObserver(() => setWidth(Math.max(600, host.clientWidth)))
    observer.observe(host)
    return () => observer.disconnect()
  }, [])
  return { hostRef, width }
}
