import type { LayerName } from '../../shared/domain/layers.ts'
import { isLayerName } from '../../shared/domain/layers.ts'
import { ROLES, type Role } from '../../shared/domain/roles.ts'
import { deviceById, sessionWithUser } from '../database/accounts.ts'
import { integrationById, sourceById } from '../database/machines.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Endings } from './endings.ts'
import { fingerprint, verifyHash } from './hashes.ts'
import type { Principal } from './principal.ts'
import { parseToken, type TokenKind } from './tokens.ts'

/** Tokens whose principal is remembered; the ones longest unused go first. */
const MAX_REMEMBERED = 10_000

export interface TokenReader {
  /** Who holds a token, if it is of one of these kinds and has not ended; null otherwise. */
  principalOf(token: string, kinds: readonly TokenKind[]): Promise<Principal | null>
}

/**
 * Reads tokens against their stored hashes. A right one is remembered by its SHA-256 until it ends, so that a stream of
 * requests costs one hash; every end goes through `endings`, which empties the memory of it before anyone else hears.
 * @param now UTC milliseconds
 */
export function createTokenReader(db: DatabaseHandle['db'], endings: Endings, now: () => number): TokenReader {
  const remembered = new Map<string, Principal>()
  /** Reads under way when something ends must not be remembered: they may have seen the row before it went. */
  let endCount = 0
  endings.onEnded((credentialId) => {
    endCount += 1
    for (const [key, principal] of remembered) if (principal.credentialId === credentialId) remembered.delete(key)
  })

  async function load(kind: TokenKind, id: string): Promise<{ tokenHash: string; principal: Principal } | null> {
    switch (kind) {
      case 'session': {
        const row = await sessionWithUser(db, id)
        const role = row === undefined ? null : asRole(row.role)
        if (row === undefined || role === null || row.disabled !== 0) return null
        const { userId, username, expiresAt, tokenHash } = row
        return { tokenHash, principal: { kind: 'user', id: userId, name: username, credentialId: id, role, expiresAt } }
      }
      case 'device': {
        const row = await deviceById(db, id)
        if (row === undefined) return null
        return { tokenHash: row.tokenHash, principal: { kind: 'device', id, name: row.name, credentialId: id, role: 'wall' } }
      }
      case 'integration': {
        const row = await integrationById(db, id)
        const role = row === undefined ? null : asRole(row.role)
        if (row === undefined || role === null) return null
        return { tokenHash: row.tokenHash, principal: { kind: 'integration', id, name: row.name, credentialId: id, role } }
      }
      case 'source': {
        const row = await sourceById(db, id)
        if (row === undefined) return null
        const { name, ratePerSecond, tokenHash } = row
        const principal: Principal = {
          kind: 'source',
          id,
          name,
          credentialId: id,
          role: 'source',
          layers: readLayers(row.layers),
          ratePerSecond,
        }
        return { tokenHash, principal }
      }
    }
  }

  return {
    async principalOf(token, kinds) {
      const parsed = parseToken(token)
      if (parsed === null || !kinds.includes(parsed.kind)) return null
      const key = fingerprint(token)
      const known = remembered.get(key)
      if (known !== undefined) {
        remembered.delete(key)
        if (hasExpired(known, now())) return null
        remembered.set(key, known)
        return known
      }
      const endsBefore = endCount
      const row = await load(parsed.kind, parsed.id)
      if (row === null || !(await verifyHash(token, row.tokenHash)) || hasExpired(row.principal, now())) return null
      if (endsBefore !== endCount) return this.principalOf(token, kinds)
      remembered.set(key, row.principal)
      if (remembered.size > MAX_REMEMBERED) {
        const oldest = remembered.keys().next()
        if (oldest.done !== true) remembered.delete(oldest.value)
      }
      return row.principal
    },
  }
}

const hasExpired = (principal: Principal, nowMs: number): boolean => principal.kind === 'user' && principal.expiresAt <= nowMs

const asRole = (text: string): Role | null => ROLES.find((role) => role === text) ?? null

/** The layers of a stored JSON array; names that this version does not know are left out. */
export function readLayers(json: string): readonly LayerName[] {
  const list = JSON.parse(json) as unknown
  return Array.isArray(list) ? list.filter((name): name is LayerName => typeof name === 'string' && isLayerName(name)) : []
}
