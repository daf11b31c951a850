import { z } from 'zod'
import { parseInstant } from './field.ts'

/** An owner's consent that a camera of theirs is used: who gave it, until when (null: until taken back), and for what. */
export const consentSchema = z.strictObject({
  /** The merchant, compound or office that gave it, by its id or public name; never a person. */
  grantedBy: z.string().min(1).max(80),
  until: z.iso.datetime({ offset: true }).nullable(),
  live: z.boolean(),
  recordings: z.boolean(),
  /** Live and recordings only around an alarm that concerns the place. */
  alarmOnly: z.boolean(),
})
export type Consent = z.infer<typeof consentSchema>

/** What may be done with a camera's picture. */
export type CameraUse = 'live' | 'recordings'

/**
 * Whether a consent allows a use at an instant; null is no recorded consent, which limits nothing: the operator answers for it.
 * `alarmAtMs`: when the last alarm near the camera was raised, null for none; such an alarm opens the camera for `ALARM_OPEN_MS`.
 */
export function isAllowed(consent: Consent | null, use: CameraUse, atMs: number, alarmAtMs: number | null): boolean {
  if (consent === null) return true
  const untilMs = consent.until === null ? Infinity : (parseInstant(consent.until) ?? 0)
  if (atMs >= untilMs || !consent[use]) return false
  return !consent.alarmOnly || (alarmAtMs !== null && atMs - alarmAtMs < ALARM_OPEN_MS)
}

/** How long an alarm opens a camera that is given for alarms only: the time to look, not the time to watch. */
export const ALARM_OPEN_MS = 15 * 60_000
