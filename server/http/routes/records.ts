import { z } from 'zod'

import { formatInstant, ID_PATTERN, parseInstant } from '../../../shared/domain/field.ts'
import { isLayerName, type LayerName } from '../../../shared/domain/layers.ts'
import { layersOf, seenFields, sightOf, type Audience, type Sight } from '../../../shared/domain/roles.ts'
import type { Change } from '../../../shared/world/change.ts'
import type { World } from '../../../shared/world/world.ts'
import { audienceOf } from '../../accounts/principal.ts'
import { createInFlight } from '../in-flight.ts'
import { overviewOf } from '../overview.ts'
import { answer, problem, route, type Route } from '../route.ts'

/** Changes of one record in one answer. */
const MAX_CHANGES = 5_000
/** A record's panel shows its last day, a station's board its last week; longer is the replay's work. */
const MAX_RANGE_MS = 31 * 24 * 3_600_000
const DAY_MS = 24 * 3_600_000
/** Where a person has been is asked for with a case and a reason, which this route does not take. */
const NEVER_IN_HISTORY: Partial<Record<LayerName, readonly string[]>> = { workers: ['position', 'headingDeg'] }
/** Histories of one session or token at once: each may open a hundred chunks in the journal's thread. */
const READINGS_AT_ONCE = 4
/** An overview is made anew at most this often. */
const OVERVIEW_MS = 1_000

/**
 * Changes of one record in seq order with `fromMs <= recordedAt <= toMs`, the newest `limit` of them; not `complete` when
 * there are older ones.
 */
export type ReadHistory = (query: {
  readonly layer: LayerName
  readonly id: string
  readonly fromMs: number
  readonly toMs: number
  readonly limit: number
}) => Promise<{ readonly changes: readonly Change[]; readonly complete: boolean }>

export interface RecordRouteDependencies {
  readonly world: World
  readonly readHistory: ReadHistory
  readonly now: () => number
}

/** The community in numbers, and the past of one record. */
export function recordRoutes({ world, readHistory, now }: RecordRouteDependencies): Route[] {
  const readings = createInFlight(READINGS_AT_ONCE)
  const kept = new Map<string, { readonly madeAt: number; readonly seq: number; readonly overview: object }>()
  const overviewFor = (audience: Audience): object => {
    const key = `${audience.role} ${audience.integration}`
    const found = kept.get(key)
    if (found !== undefined && (found.seq === world.seq || now() - found.madeAt < OVERVIEW_MS)) return found.overview
    const overview = overviewOf(world, audience)
    kept.set(key, { madeAt: now(), seq: world.seq, overview })
    return overview
  }
  return [
    route({
      method: 'GET',
      path: '/api/overview',
      access: { roles: ['wall', 'duty', 'supervisor', 'office'], integrations: true },
      body: null,
      handler({ principal }) {
        const audience = audienceOf(principal)
        return audience === null
          ? problem('forbidden', 'sees nothing')
          : answer({ ok: true, at: formatInstant(now()), ...overviewFor(audience) })
      },
    }),
    route({
      method: 'GET',
      path: '/api/records/:layer/:id/history',
      access: { roles: ['wall', 'duty', 'supervisor', 'office'], integrations: true },
      body: null,
      async handler({ principal, params, query, signal }) {
        const { layer = '', id = '' } = params
        const audience = audienceOf(principal)
        if (!isLayerName(layer)) return problem('not_found', 'no such layer')
        if (audience === null || !layersOf(audience).includes(layer)) {
          return problem('forbidden_layer', `not for ${principal.role}`, { field: layer })
        }
        if (!ID_PATTERN.test(id)) return problem('not_found', 'no such record')
        const range = readRange(query, now())
        if (range === null) return problem('bad_request', 'from and to are instants, at most 31 days apart')
        const reading = readings.run(principal.credentialId, signal, () =>
          readHistory({ layer, id, ...range, limit: MAX_CHANGES }),
        )
        if (reading === null) return problem('rate_limited', 'too many at once', { retryAfterMs: 1_000 })
        const { changes, complete } = await reading
        const sight = pastSightOf(layer, audience)
        return answer({
          ok: true,
          layer,
          id,
          from: formatInstant(range.fromMs),
          to: formatInstant(range.toMs),
          truncated: !complete,
          changes: changes.map(({ seq, op, observedAt, recordedAt, fields }) => ({
            seq,
            op,
            observedAt: formatInstant(observedAt),
            recordedAt: formatInstant(recordedAt),
            fields: seenFields(sight, fields),
          })),
        })
      },
    }),
  ]
}

const rangeQuery = z.strictObject({ from: z.string().optional(), to: z.string().optional() })

/** The last day when the query does not say otherwise. */
function readRange(query: URLSearchParams, nowMs: number): { fromMs: number; toMs: number } | null {
  const read = rangeQuery.safeParse(Object.fromEntries(query))
  if (!read.success) return null
  const toMs = read.data.to === undefined ? nowMs : parseInstant(read.data.to)
  if (toMs === null) return null
  const fromMs = read.data.from === undefined ? toMs - DAY_MS : parseInstant(read.data.from)
  return fromMs === null || fromMs > toMs || toMs - fromMs > MAX_RANGE_MS ? null : { fromMs: Math.max(0, fromMs), toMs }
}

function pastSightOf(layer: LayerName, audience: Audience): Sight {
  const never = NEVER_IN_HISTORY[layer] ?? []
  return new Map([...sightOf(layer, audience.role)].filter(([name]) => !never.includes(name)))
}
