import { z } from 'zod'

import { formatInstant } from '../../../shared/domain/field.ts'
import { LAYERS } from '../../../shared/domain/layers.ts'
import { layersOf, ROLES } from '../../../shared/domain/roles.ts'
import type { Accounts } from '../../accounts/accounts.ts'
import { answer, problem, route, type Route } from '../route.ts'

const name = z.string().trim().min(1).max(60)
const admin = { roles: ['admin'] } as const

/** A source's layers: each once. */
const layers = z
  .array(z.enum(LAYERS))
  .min(1)
  .max(LAYERS.length)
  .transform((list) => LAYERS.filter((layer) => list.includes(layer)))

/** Roles whose eyes an integration may have: those that see anything once people are left out. */
const integrationRole = z
  .enum(ROLES)
  .refine((role) => layersOf({ role, integration: true }).length > 0, 'this role sees no layer')

export interface MachineRouteDependencies {
  readonly accounts: Accounts
  /** When a source last sent something that was accepted, UTC milliseconds; null: not since the start. */
  readonly lastAcceptedAt: (sourceId: string) => number | null
}

/** Tokens of sources, which write, and of integrations, which read. Each token is shown once, in the answer that makes it. */
export function machineRoutes({ accounts, lastAcceptedAt }: MachineRouteDependencies): Route[] {
  const { machines } = accounts
  return [
    route({
      method: 'GET',
      path: '/api/sources',
      access: admin,
      body: null,
      async handler() {
        const list = await machines.sources()
        const sources = list.map((source) => {
          const heardAt = lastAcceptedAt(source.id)
          return {
            ...source,
            createdAt: formatInstant(source.createdAt),
            lastAcceptedAt: heardAt === null ? null : formatInstant(heardAt),
          }
        })
        return answer({ ok: true, sources })
      },
    }),
    route({
      method: 'POST',
      path: '/api/sources',
      access: admin,
      // A source that nobody named is told from others by its id.
      body: z.object({ name: name.default('source'), layers, ratePerSecond: z.number().int().min(1).max(1_000_000).optional() }),
      handler: async ({ body, principal }) => answer(await machines.createSource(body, principal), { status: 201 }),
    }),
    route({
      method: 'DELETE',
      path: '/api/sources/:id',
      access: admin,
      body: null,
      async handler({ params, principal }) {
        const done = await machines.deleteSource(params['id'] ?? '', principal)
        return done ? answer({ ok: true }) : problem('not_found', 'no such source')
      },
    }),
    route({
      method: 'GET',
      path: '/api/integrations',
      access: admin,
      body: null,
      async handler() {
        const list = await machines.integrations()
        const integrations = list.map((integration) => ({ ...integration, createdAt: formatInstant(integration.createdAt) }))
        return answer({ ok: true, integrations })
      },
    }),
    route({
      method: 'POST',
      path: '/api/integrations',
      access: admin,
      body: z.strictObject({ name, role: integrationRole }),
      handler: async ({ body, principal }) => answer(await machines.createIntegration(body, principal), { status: 201 }),
    }),
    route({
      method: 'DELETE',
      path: '/api/integrations/:id',
      access: admin,
      body: null,
      async handler({ params, principal }) {
        const done = await machines.deleteIntegration(params['id'] ?? '', principal)
        return done ? answer({ ok: true }) : problem('not_found', 'no such integration')
      },
    }),
  ]
}
