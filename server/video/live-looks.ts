import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'

/** Who watched which camera live, in the audit register. */
export interface LiveLooks {
  /**
   * Records that somebody looks at a camera: once an hour for a session and camera, because a wall opens the same pictures all day.
   * Never rejects: in an emergency the duty room needs its pictures even when the disk takes no row; the fault is told instead.
   */
  record(principal: Principal, cameraId: string, what: 'live' | 'still'): Promise<void>
  stop(): void
}

const HOUR_MS = 3_600_000
/** Cameras and sessions that are remembered; beyond it the oldest are forgotten, and written again. */
const MOST_REMEMBERED = 20_000

/** @param onEnded from `Accounts`: what a session looked at is forgotten with it */
export function createLiveLooks(
  audit: Pick<Audit, 'record'>,
  onEnded: (listener: (credentialId: string) => void) => () => void,
  now: () => number,
  onFault: (cause: unknown) => void,
): LiveLooks {
  const writtenAtMs = new Map<string, number>()
  const stop = onEnded((credentialId) => {
    for (const key of writtenAtMs.keys()) if (key.startsWith(`${credentialId} `)) writtenAtMs.delete(key)
  })
  return {
    stop,
    async record(principal, cameraId, what) {
      const key = `${principal.credentialId} ${cameraId} ${what}`
      const atMs = now()
      if (atMs - (writtenAtMs.get(key) ?? -Infinity) < HOUR_MS) return
      writtenAtMs.delete(key)
      writtenAtMs.set(key, atMs)
      const oldest = writtenAtMs.size > MOST_REMEMBERED ? writtenAtMs.keys().next().value : undefined
      if (oldest !== undefined) writtenAtMs.delete(oldest)
      try {
        await audit.record({ actor: principal, action: 'camera.watch', subject: `cameras/${cameraId}`, details: { what } })
      } catch (cause) {
        writtenAtMs.delete(key)
        onFault(cause)
      }
    },
  }
}
