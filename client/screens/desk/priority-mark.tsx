import type { ReactElement } from 'react'

const SHAPES = {
  1: { path: 'M16 2 30 16 16 30 2 16Z', fill: '#ff5f38', stroke: '#ffffff', ink: '#1a0700' },
  2: { path: 'M16 3 29 16 16 29 3 16Z', fill: 'none', stroke: '#ff5f38', ink: '#ff9a7e' },
  3: { path: 'M16 3 30 28 2 28Z', fill: 'none', stroke: '#e3a32f', ink: '#f3c876' },
  4: { path: 'M16 3a13 13 0 1 1 0 26a13 13 0 1 1 0-26Z', fill: 'none', stroke: '#8a9bb3', ink: '#c4d0e0' },
} as const

/** Priority by shape first: filled diamond, open diamond, triangle, ring; with its number inside. */
export function PriorityMark({ priority, sizePx }: { readonly priority: 1 | 2 | 3 | 4; readonly sizePx: number }): ReactElement {
  const { path, fill, stroke, ink } = SHAPES[priority]
  return (
    <svg className="priority-mark" width={sizePx} height={sizePx} viewBox="0 0 32 32" role="img" aria-label={`${priority}`}>
      <path
        d={path}
        fill={fill}
        stroke={stroke}
        strokeWidth="2.4"
        strokeLinejoin="round"
        data-ground={fill === 'none' ? undefined : ''}
      />
      <text
        x="16"
        y={priority === 3 ? 25 : 21.5}
        textAnchor="middle"
        fill={ink}
        fontSize="15"
        fontWeight="600"
        className="digits"
      >
        {priority}
      </text>
    </svg>
  )
}
