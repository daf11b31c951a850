import type { CameraReason } from './camera-report.ts'

/** First wait after a loss. Short, because most losses are a camera that was just started again. */
const FIRST_MS = 500
/** Longest wait while a camera has been gone for under ten minutes: it must be back by itself in under 10 s. */
const EARLY_CAP_MS = 4_000
const EARLY_MS = 600_000
const LATE_CAP_MS = 15_000
/** Cameras lock an account after a handful of wrong passwords, so a refused sign-in is tried once a minute only. */
const REFUSED_MS = 60_000
/** Waits are spread by a fifth, so that cameras behind one switch do not all come back in the same instant. */
const JITTER = 0.2

/** Milliseconds until attempt number `failures + 1` of a camera lost for `lostForMs`; `random` is in [0, 1). */
export function backOffMs(failures: number, lostForMs: number, reason: CameraReason, random: number): number {
  const spread = 1 - JITTER * random
  if (reason === 'sign_in_refused') return REFUSED_MS * spread
  const cap = lostForMs < EARLY_MS ? EARLY_CAP_MS : LATE_CAP_MS
  return Math.min(cap, FIRST_MS * 2 ** Math.min(failures, 10)) * spread
}
