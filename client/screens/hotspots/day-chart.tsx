import type { ReactElement } from 'react'

import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'

interface DayChartProps {
  readonly title: string
  readonly days: readonly { readonly day: string; readonly count: number }[]
  /** Counts of the period before, day by day; null without. */
  readonly previous: readonly number[] | null
}

const WIDTH = 720
const HEIGHT = 190
const LEFT = 34
const BOTTOM = 24
const TOP = 10

/** Cases by day as bars, and the period before as a line smoothed over a week. Long periods are summed by week. */
export function DayChart({ title, days, previous }: DayChartProps): ReactElement {
  const { language } = useTexts()
  const each = days.length > 92 ? 7 : 1
  const bars = grouped(
    days.map(({ count }) => count),
    each,
  )
  const line = previous === null ? null : smoothed(grouped(previous, each), each === 1 ? 7 : 3)
  const most = Math.max(4, ...bars, ...(line ?? []))
  const step = niceStep(most)
  const top = Math.ceil(most / step) * step
  const x = (i: number): number => LEFT + ((i + 0.5) * (WIDTH - LEFT)) / bars.length
  const y = (value: number): number => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP)
  const bar = Math.max(1, ((WIDTH - LEFT) / bars.length) * 0.62)
  const labels = Math.max(1, Math.ceil(bars.length / 6))
  return (
    <section className="hs-card hs-chart">
      <header>
        <h2>{title}</h2>
        <span>
          <i className="hs-key-now" /> {hotspotText(language, 'chart.now')}
          {line === null ? null : (
            <>
              <i className="hs-key-before" /> {hotspotText(language, 'chart.before')}
            </>
          )}
        </span>
      </header>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={title}>
        {Array.from({ length: top / step + 1 }, (_, i) => i * step).map((value) => (
          <g key={value}>
            <line x1={LEFT} x2={WIDTH} y1={y(value)} y2={y(value)} stroke="#dfe4ec" />
            <text x={LEFT - 8} y={y(value) + 4} textAnchor="end" className="digits">
              {value}
            </text>
          </g>
        ))}
        {bars.map((count, i) => (
          <rect
            key={days[i * each]?.day}
            x={x(i) - bar / 2}
            width={bar}
            y={y(count)}
            height={Math.max(0, HEIGHT - BOTTOM - y(count))}
            fill="#c74a44"
            rx="1.5"
          />
        ))}
        {line === null ? null : (
          <polyline
            points={line
              .slice(0, bars.length)
              .map((value, i) => `${x(i).toFixed(1)},${y(value).toFixed(1)}`)
              .join(' ')}
            fill="none"
            stroke="#51698f"
            strokeWidth="1.8"
            strokeDasharray="5 4"
          />
        )}
        {bars.map((_, i) =>
          i % labels === 0 ? (
            <text key={`label ${days[i * each]?.day}`} x={x(i)} y={HEIGHT - 6} textAnchor="middle" className="digits">
              {(days[i * each]?.day ?? '').slice(5).replace('-', '/')}
            </text>
          ) : null,
        )}
      </svg>
    </section>
  )
}

function grouped(values: readonly number[], each: number): number[] {
  return Array.from({ length: Math.ceil(values.length / each) }, (_, i) =>
    values.slice(i * each, (i + 1) * each).reduce((sum, value) => sum + value, 0),
  )
}

function smoothed(values: readonly number[], over: number): number[] {
  const half = Math.floor(over / 2)
  return values.map((_, i) => {
    const near = values.slice(Math.max(0, i - half), i + half + 1)
    return near.reduce((sum, value) => sum + value, 0) / near.length
  })
}

function niceStep(most: number): number {
  const raw = most / 3
  const power = 10 ** Math.floor(Math.log10(raw))
  return Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw) ?? 1)
}
