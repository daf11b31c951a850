import type { ReactElement } from 'react'

/** A line of counts by week with its last one marked; a hidden count is a gap. */
export function Sparkline({
  values,
  rising,
}: {
  readonly values: readonly (number | null)[]
  readonly rising: boolean
}): ReactElement | null {
  if (values.length < 2) return null
  const width = 80
  const height = 22
  const most = Math.max(1, ...values.map((value) => value ?? 0))
  const x = (i: number): number => 2 + (i * (width - 8)) / (values.length - 1)
  const y = (value: number): number => height - 3 - (value / most) * (height - 6)
  let path = ''
  for (const [i, value] of values.entries()) {
    if (value === null) continue
    path += `${path === '' || values[i - 1] === null ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value).toFixed(1)}`
  }
  const last = values.at(-1)
  return (
    <svg className="hs-spark" viewBox={`0 0 ${width} ${height}`} width={width} height={height} aria-hidden="true">
      <path d={path} fill="none" stroke="#5a6b85" strokeWidth="1.3" />
      {last === null || last === undefined ? null : (
        <circle cx={x(values.length - 1)} cy={y(last)} r="2.6" fill={rising ? '#b2182b' : '#1d5fa8'} />
      )}
    </svg>
  )
}
