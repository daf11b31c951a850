import type { ReactElement } from 'react'

import { minuteTime } from '../../i18n/format.ts'
import type { HourSeries } from './hour-series.ts'

const WIDTH = 460
const HEIGHT = 96
const LEFT = 34
const BASE = 74

interface HourCurveProps {
  readonly series: HourSeries
  readonly fromMs: number
  readonly toMs: number
  /** Where an alarm was raised; null: nowhere in this hour. */
  readonly raisedAtMs: number | null
  readonly label: string
}

/** An hour of one number, in steps as it was reported; no line where it was not known. */
export function HourCurve({ series, fromMs, toMs, raisedAtMs, label }: HourCurveProps): ReactElement {
  const x = (atMs: number): number => LEFT + ((atMs - fromMs) / (toMs - fromMs)) * (WIDTH - LEFT - 6)
  const y = (value: number): number => BASE - (value / series.highest) * (BASE - 14)
  let path = ''
  let pen: number | null = null
  for (const { atMs, value } of series.steps) {
    if (pen !== null) path += `H${x(atMs).toFixed(1)}`
    if (value !== null) path += pen === null ? `M${x(atMs).toFixed(1)} ${y(value).toFixed(1)}` : `V${y(value).toFixed(1)}`
    pen = value
  }
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => fromMs + (toMs - fromMs) * share)
  return (
    <svg className="hour-curve" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
      {[0, 0.5, 1].map((share) => (
        <line
          key={share}
          x1={LEFT}
          x2={WIDTH - 6}
          y1={y(series.highest * share)}
          y2={y(series.highest * share)}
          className="hour-grid"
        />
      ))}
      <text x={LEFT - 6} y={y(series.highest) + 5} textAnchor="end" className="digits">
        {series.highest}
      </text>
      <text x={LEFT - 6} y={BASE + 5} textAnchor="end" className="digits">
        0
      </text>
      {ticks.map((atMs, index) => (
        <text
          key={atMs}
          x={x(atMs)}
          y={HEIGHT - 4}
          textAnchor={index === 0 ? 'start' : index === 4 ? 'end' : 'middle'}
          className="digits"
        >
          {minuteTime(atMs)}
        </text>
      ))}
      <path d={path} className="hour-line" />
      {raisedAtMs !== null && raisedAtMs >= fromMs ? (
        <line x1={x(raisedAtMs)} x2={x(raisedAtMs)} y1={6} y2={BASE} className="hour-raised" />
      ) : null}
    </svg>
  )
}
