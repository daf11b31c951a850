import { randomInt } from 'node:crypto'

import { deleteDevice, listDevices, insertDevice } from '../database/accounts.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import { addressClass, createTryLimit } from './attempts.ts'
import type { Audit } from './audit.ts'
import type { Endings } from './endings.ts'
import { fingerprint } from './hashes.ts'
import type { Principal } from './principal.ts'
import { newToken } from './tokens.ts'

/** A code stands this long on a wall. */
export const PAIRING_MS = 5 * 60_000
/** No letters that look like digits or each other; 31^10 codes are 49 bits. */
const CODE_LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const CODE_LENGTH = 10
/** Pairings that may wait at once; a community has a handful of walls. */
const MAX_WAITING = 200
/** A wall asks once in five minutes; a reload now and then is fine. */
const STARTS_AN_ADDRESS = 20
/** Wrong codes that one person may type in five minutes. */
const APPROVALS_A_PERSON = 10

interface Pairing {
  readonly id: string
  readonly code: string
  /** SHA-256 of what the waiting wall holds; lives in memory only, for minutes. */
  readonly secretPrint: string
  readonly expiresAt: number
  approved: { readonly name: string; readonly by: string } | null
  /** Made by the first poll after the approval; the same for those that follow, for an answer may be lost. */
  token: Promise<string> | null
}

export type StartOutcome =
  | { readonly ok: true; readonly id: string; readonly code: string; readonly secret: string; readonly expiresAt: number }
  | { readonly ok: false; readonly code: 'rate_limited'; readonly waitMs: number }
export type ApproveOutcome =
  | { readonly ok: true; readonly id: string; readonly name: string }
  | { readonly ok: false; readonly code: 'unknown_code' }
  | { readonly ok: false; readonly code: 'rate_limited'; readonly waitMs: number }
export type PollOutcome =
  | { readonly state: 'waiting'; readonly expiresAt: number }
  | { readonly state: 'paired'; readonly id: string; readonly name: string; readonly token: string }
  | { readonly state: 'expired' }

/** A paired wall. `createdAt` is UTC milliseconds; `createdBy` the user who approved it. */
export interface Wall {
  readonly id: string
  readonly name: string
  readonly createdAt: number
  readonly createdBy: string
}

interface WallsOptions {
  readonly db: DatabaseHandle['db']
  readonly audit: Audit
  readonly endings: Endings
  readonly now: () => number
}

export type Walls = ReturnType<typeof createWalls>

/**
 * Pairing of walls: the wall shows a code and polls with a secret of its own; whoever types the code at a desk approves
 * it. Codes live in memory: after a restart the wall asks for a new one.
 */
export function createWalls({ db, audit, endings, now }: WallsOptions) {
  const byId = new Map<string, Pairing>()
  const starts = createTryLimit(STARTS_AN_ADDRESS, PAIRING_MS, now)
  const approvals = createTryLimit(APPROVALS_A_PERSON, PAIRING_MS, now)

  const sweep = (): void => {
    for (const [id, { expiresAt }] of byId) if (expiresAt <= now()) byId.delete(id)
  }

  async function makeWall(id: string, name: string, createdBy: string): Promise<string> {
    const { token, tokenHash } = await newToken('device', id)
    await insertDevice(db, { id, name, tokenHash, createdAt: now(), createdBy })
    return token
  }

  return {
    /** @param address where the wall asks from, for the limit */
    async start(address: string): Promise<StartOutcome> {
      const waitMs = starts.take(addressClass(address))
      if (waitMs > 0) return { ok: false, code: 'rate_limited', waitMs }
      sweep()
      if (byId.size >= MAX_WAITING) return { ok: false, code: 'rate_limited', waitMs: PAIRING_MS }
      // The wall's token is made when it is fetched; until then its secret is one of the same make.
      const { id, token: secret } = await newToken('device')
      const code = Array.from({ length: CODE_LENGTH }, () => CODE_LETTERS[randomInt(CODE_LETTERS.length)]).join('')
      const expiresAt = now() + PAIRING_MS
      byId.set(id, { id, code, secretPrint: fingerprint(secret), expiresAt, approved: null, token: null })
      return { ok: true, id, code: `${code.slice(0, 5)}-${code.slice(5)}`, secret, expiresAt }
    },

    /** The code as typed, with or without its hyphen, in any case. */
    async approve(typed: string, name: string, actor: Principal): Promise<ApproveOutcome> {
      const waitMs = approvals.take(actor.id)
      if (waitMs > 0) return { ok: false, code: 'rate_limited', waitMs }
      sweep()
      const code = typed.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '')
      const pairing = [...byId.values()].find((candidate) => candidate.code === code && candidate.approved === null)
      if (pairing === undefined) return { ok: false, code: 'unknown_code' }
      // Recorded first: two who type the same code at once are both told yes, and the first one's name stands.
      await audit.record({ actor, action: 'device.approve', subject: `devices/${pairing.id}`, details: { name } })
      pairing.approved ??= { name, by: actor.id }
      return { ok: true, id: pairing.id, name }
    },

    /** What the waiting wall asks again and again; once approved, it is told its token until the code's time is over. */
    async poll(id: string, secret: string | null): Promise<PollOutcome> {
      sweep()
      const pairing = byId.get(id)
      if (pairing === undefined || secret === null || fingerprint(secret) !== pairing.secretPrint) return { state: 'expired' }
      if (pairing.approved === null) return { state: 'waiting', expiresAt: pairing.expiresAt }
      const { name, by } = pairing.approved
      pairing.token ??= makeWall(id, name, by)
      try {
        const token = await pairing.token
        // Revoked meanwhile.
        return byId.get(id) === pairing ? { state: 'paired', id, name, token } : { state: 'expired' }
      } catch (cause) {
        pairing.token = null
        throw cause
      }
    },

    async list(): Promise<Wall[]> {
      const rows = await listDevices(db)
      return rows.map(({ id, name, createdAt, createdBy }) => ({ id, name, createdAt, createdBy }))
    },

    /** False when there is no such wall. */
    async revoke(id: string, actor: Principal): Promise<boolean> {
      const pairing = byId.get(id)
      byId.delete(id)
      await pairing?.token
      const done = await audit.audited(
        (transaction) => deleteDevice(transaction, id),
        (wasThere) => (wasThere ? { actor, action: 'device.revoke', subject: `devices/${id}` } : null),
      )
      if (done) endings.end(id)
      return done
    },
  }
}
