import { formatInstant } from '../../shared/domain/field.ts'
import type { Audit } from '../accounts/audit.ts'
import type { ChangeLog } from '../journal/change-log.ts'
import type { SiteKey } from './site-key.ts'

export interface LogRetentionOptions {
  readonly log: Pick<ChangeLog, 'trim'>
  /** Days of the log that are kept at least; 0: all of it, for ever. */
  readonly keptDays: number
  readonly key: Pick<SiteKey, 'sign'>
  readonly audit: Pick<Audit, 'record'>
  /** UTC milliseconds. */
  readonly now: () => number
  readonly onFault: (cause: unknown) => void
}

export interface LogRetention {
  /** Trims what is older than it has to be, but nothing held; audited when anything went. */
  sweep(): Promise<void>
  /** Waits for a sweep that is under way. */
  stop(): Promise<void>
}

const HOUR_MS = 3_600_000
const DAY_MS = 86_400_000

/** Trims the log once an hour from now on. The checkpoint that a trim leaves is signed with the site's key. */
export function startLogRetention({ log, keptDays, key, audit, now, onFault }: LogRetentionOptions): LogRetention {
  let underWay: Promise<void> = Promise.resolve()

  async function trim(): Promise<void> {
    if (keptDays <= 0) return
    const beforeMs = now() - keptDays * DAY_MS
    const { firstSeq, didTrim } = await log.trim(beforeMs, (text) => key.sign(Buffer.from(text)))
    if (!didTrim) return
    const details = { keptDays, before: formatInstant(beforeMs), firstSeq }
    await audit.record({ actor: null, action: 'log.trim', subject: 'log', details })
  }
  const sweep = (): Promise<void> => {
    underWay = underWay.then(trim).catch(onFault)
    return underWay
  }
  void sweep()
  const timer = setInterval(() => void sweep(), HOUR_MS)
  timer.unref()
  return {
    sweep,
    async stop() {
      clearInterval(timer)
      await underWay
    },
  }
}
