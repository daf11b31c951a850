import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'

/** Why somebody looks at recordings: asked once a session, and written beside each look. */
export interface ViewingReasons {
  /** Keeps a session's reason until it ends. */
  give(principal: Principal, reason: string): void
  /** The reason that this session gave; null when it gave none. */
  of(principal: Principal): string | null
  /** Records a look at a recording; resolves when it is in the register. False: no reason was given, so nothing may be shown. */
  record(
    principal: Principal,
    look: { cameraId: string; what: 'list' | 'play' | 'fetch' | 'still'; fromMs: number; toMs: number },
  ): Promise<boolean>
  stop(): void
}

/** @param onEnded from `Accounts`: a reason goes with its session */
export function createViewingReasons(
  audit: Pick<Audit, 'record'>,
  onEnded: (listener: (credentialId: string) => void) => () => void,
): ViewingReasons {
  const reasons = new Map<string, string>()
  const stop = onEnded((credentialId) => reasons.delete(credentialId))
  return {
    stop,
    give: ({ credentialId }, reason) => void reasons.set(credentialId, reason),
    of: ({ credentialId }) => reasons.get(credentialId) ?? null,
    async record(principal, { cameraId, what, fromMs, toMs }) {
      const reason = reasons.get(principal.credentialId)
      if (reason === undefined) return false
      await audit.record({
        actor: principal,
        action: 'recording.read',
        subject: `cameras/${cameraId}`,
        reason,
        details: { what, fromMs, toMs },
      })
      return true
    },
  }
}
