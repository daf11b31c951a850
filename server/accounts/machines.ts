import type { LayerName } from '../../shared/domain/layers.ts'
import type { Role } from '../../shared/domain/roles.ts'
import {
  deleteIntegration,
  deleteSource,
  insertIntegration,
  insertSource,
  listIntegrations,
  listSources,
} from '../database/machines.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Audit } from './audit.ts'
import { readLayers } from './authenticate.ts'
import type { Endings } from './endings.ts'
import type { Principal } from './principal.ts'
import { newToken } from './tokens.ts'

/** Lines a second that a source may send, sustained, unless its maker says otherwise. */
export const DEFAULT_RATE_PER_SECOND = 20_000

/** A source as administrators see it. Times are UTC milliseconds. */
export interface SourceInfo {
  readonly id: string
  readonly name: string
  readonly layers: readonly LayerName[]
  readonly ratePerSecond: number
  readonly createdAt: number
}

export interface IntegrationInfo {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly createdAt: number
}

interface MachinesOptions {
  readonly db: DatabaseHandle['db']
  readonly audit: Audit
  readonly endings: Endings
  readonly now: () => number
}

export type Machines = ReturnType<typeof createMachines>

/** Tokens of sources and integrations: made once, shown once, stored as hashes, ended by deleting. */
export function createMachines({ db, audit, endings, now }: MachinesOptions) {
  const createdBy = (actor: Principal | null): string => actor?.id ?? 'system'
  return {
    /** The token is in this answer and nowhere else. */
    async createSource(
      input: { name: string; layers: readonly LayerName[]; ratePerSecond?: number | undefined },
      actor: Principal | null,
    ): Promise<{ id: string; token: string }> {
      const { id, token, tokenHash } = await newToken('source')
      const { name, layers, ratePerSecond = DEFAULT_RATE_PER_SECOND } = input
      const row = {
        id,
        name,
        layers: JSON.stringify(layers),
        ratePerSecond,
        tokenHash,
        createdAt: now(),
        createdBy: createdBy(actor),
      }
      await audit.audited(
        (transaction) => insertSource(transaction, row),
        () => ({ actor, action: 'source.create', subject: `sources/${id}`, details: { name, layers } }),
      )
      return { id, token }
    },

    async sources(): Promise<SourceInfo[]> {
      const rows = await listSources(db)
      return rows.map(({ id, name, layers, ratePerSecond, createdAt }) => ({
        id,
        name,
        layers: readLayers(layers),
        ratePerSecond,
        createdAt,
      }))
    },

    /** False when there is none. */
    async deleteSource(id: string, actor: Principal | null): Promise<boolean> {
      const done = await audit.audited(
        (transaction) => deleteSource(transaction, id),
        (wasThere) => (wasThere ? { actor, action: 'source.delete', subject: `sources/${id}` } : null),
      )
      if (done) endings.end(id)
      return done
    },

    /** The token is in this answer and nowhere else. */
    async createIntegration(input: { name: string; role: Role }, actor: Principal): Promise<{ id: string; token: string }> {
      const { id, token, tokenHash } = await newToken('integration')
      const { name, role } = input
      const row = { id, name, role, tokenHash, createdAt: now(), createdBy: createdBy(actor) }
      await audit.audited(
        (transaction) => insertIntegration(transaction, row),
        () => ({ actor, action: 'integration.create', subject: `integrations/${id}`, details: { name, role } }),
      )
      return { id, token }
    },

    async integrations(): Promise<IntegrationInfo[]> {
      const rows = await listIntegrations(db)
      return rows.map(({ id, name, role, createdAt }) => ({ id, name, role: role as Role, createdAt }))
    },

    /** False when there is none. */
    async deleteIntegration(id: string, actor: Principal): Promise<boolean> {
      const done = await audit.audited(
        (transaction) => deleteIntegration(transaction, id),
        (wasThere) => (wasThere ? { actor, action: 'integration.delete', subject: `integrations/${id}` } : null),
      )
      if (done) endings.end(id)
      return done
    },
  }
}
