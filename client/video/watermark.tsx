import './watermark.css'
import { useEffect, useState, useSyncExternalStore, type ReactElement } from 'react'
import type { z } from 'zod'

import { DEFAULT_WATERMARK, ownWatermarkSchema } from '../../shared/protocol/watermarks.ts'
import { request } from '../api/request.ts'

type Own = z.output<typeof ownWatermarkSchema>

/** How soon a change by an administrator is seen. */
const ASK_MS = 60_000
/** Until the server said, a picture is marked as if it had to be: without a name, but never bare. */
const UNKNOWN: Own = { ok: true, ...DEFAULT_WATERMARK, name: '' }

/** This page's watermark, asked for once however many tiles there are, while any tile is there. */
const own = {
  value: UNKNOWN,
  listeners: new Set<() => void>(),
  timer: null as ReturnType<typeof setInterval> | null,
}

async function ask(): Promise<void> {
  const answer = await request('GET', '/api/watermark', ownWatermarkSchema)
  if (!answer.ok || JSON.stringify(answer.value) === JSON.stringify(own.value)) return
  own.value = answer.value
  for (const listener of own.listeners) listener()
}

function subscribe(listener: () => void): () => void {
  own.listeners.add(listener)
  if (own.timer === null) {
    own.timer = setInterval(() => void ask(), ASK_MS)
    void ask()
  }
  return () => {
    own.listeners.delete(listener)
    if (own.listeners.size > 0 || own.timer === null) return
    clearInterval(own.timer)
    own.timer = null
  }
}

const CLOCK_MS = 1_000
/** Beijing time, as every clock of these screens. */
const CLOCK = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  dateStyle: 'short',
  timeStyle: 'medium',
  hourCycle: 'h23',
})
/** Repeated so that no part of the picture can be cut out without it. */
const REPEATS = 9

/** Who looks and when, across a picture, where this role's pictures of that kind carry it. */
export function Watermark({ of }: { readonly of: 'live' | 'recordings' }): ReactElement | null {
  const { name, ...shown } = useSyncExternalStore(subscribe, () => own.value)
  const [nowMs, setNowMs] = useState(() => Date.now())
  const isShown = shown[of]
  useEffect(() => {
    if (!isShown) return undefined
    const timer = setInterval(() => setNowMs(Date.now()), CLOCK_MS)
    return () => clearInterval(timer)
  }, [isShown])
  if (!isShown) return null
  const text = `${name} ${CLOCK.format(nowMs)}`.trim()
  return (
    <div className="watermark" data-watermark={name} aria-hidden="true">
      {Array.from({ length: REPEATS }, (_, index) => (
        <span key={index}>{text}</span>
      ))}
    </div>
  )
}
