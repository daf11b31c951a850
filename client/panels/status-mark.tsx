import type { ReactElement } from 'react'

export type Status = 'ok' | 'warning' | 'alarm' | 'offline' | 'done'

const SHAPES: Readonly<Record<Status, ReactElement>> = {
  ok: <circle cx="16" cy="16" r="10" fill="none" stroke="#4fc3f7" strokeWidth="4" />,
  warning: (
    <>
      <path d="M16 3 30 28 2 28Z" fill="#e3a32f" />
      <path d="M16 12V20M16 24.2v.2" stroke="#1d1400" strokeWidth="3.4" strokeLinecap="round" />
    </>
  ),
  alarm: (
    <>
      <path d="M16 2 30 16 16 30 2 16Z" fill="#ff5f38" stroke="#fff" strokeWidth="2.4" strokeLinejoin="round" />
      <path d="M16 9.5V17.5M16 22.2v.2" stroke="#fff" strokeWidth="3.4" strokeLinecap="round" />
    </>
  ),
  offline: (
    <>
      <circle cx="16" cy="16" r="12" fill="#8a9bb3" />
      <path d="M11 11 21 21M21 11 11 21" stroke="#0a1424" strokeWidth="3.6" strokeLinecap="round" />
    </>
  ),
  done: (
    <>
      <circle cx="16" cy="16" r="12" fill="#35c9a5" />
      <path
        d="M10.5 16.5 14.5 20.5 21.5 12"
        fill="none"
        stroke="#052019"
        strokeWidth="3.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </>
  ),
}

/** A status by its shape first: ring, triangle, diamond, crossed disc, ticked disc. The text beside it names it. */
export function StatusMark({ status }: { readonly status: Status }): ReactElement {
  return (
    <svg className="status-mark" viewBox="0 0 32 32" aria-hidden="true">
      {SHAPES[status]}
    </svg>
  )
}
