import { CAMERA_STATES } from '../../shared/domain/cameras.ts'
import { formatInstant, type Fields } from '../../shared/domain/field.ts'
import type { LayerName } from '../../shared/domain/layers.ts'
import { MERCHANT_SAFETY } from '../../shared/domain/merchants.ts'
import { layersOf, type Audience } from '../../shared/domain/roles.ts'
import { STATION_STATES } from '../../shared/domain/stations.ts'
import { layerOf, type World } from '../../shared/world/world.ts'

const CARE = { none: 'careNone', ok: 'careOk', due: 'careDue', overdue: 'careOverdue', sos: 'careSos' } as const
/** Stages after which nothing is left to do about a case. */
const CLOSED_STAGES: ReadonlySet<unknown> = new Set(['closed', 'rejected', 'merged'])

type Counts = Readonly<Record<string, number>>
type Section = Readonly<Record<string, number | Counts>>

const sections = {
  buildings: (records: readonly Fields[]) => ({ count: records.length, households: sum(records, 'households') }),
  merchants: (records: readonly Fields[]) => ({
    count: records.length,
    open: records.filter(({ open }) => open === true).length,
    safety: countBy(records, 'safety', MERCHANT_SAFETY),
  }),
  cameras: (records: readonly Fields[]) => ({ count: records.length, states: countBy(records, 'state', CAMERA_STATES) }),
  stations: (records: readonly Fields[]) => ({
    count: records.length,
    states: countBy(records, 'state', STATION_STATES),
    seatsFree: sum(records, 'seatsFree'),
    seatsTotal: sum(records, 'seatsTotal'),
    portsFree: sum(records, 'portsFree'),
    portsTotal: sum(records, 'portsTotal'),
  }),
  workers: (records: readonly Fields[]) => ({ duty: countBy(records, 'duty', ['onDuty', 'onTask', 'off']) }),
  alarms(records: readonly Fields[]) {
    const open = records.filter(({ state }) => state !== 'cleared')
    return {
      open: open.length,
      unacknowledged: open.filter(({ state }) => state !== 'acknowledged').length,
      priorities: countBy(open, 'priority', ['1', '2', '3', '4']),
    }
  },
  cases(records: readonly Fields[]) {
    const open = records.filter(({ stage }) => !CLOSED_STAGES.has(stage))
    return { count: records.length, open: open.length, closed: records.filter(({ stage }) => stage === 'closed').length }
  },
} satisfies Partial<Record<LayerName, (records: readonly Fields[]) => Section>>

/**
 * The community in numbers, for one audience: a section for each layer that it sees. `residents` are sums over all
 * buildings, so that they tell of nobody; integrations get none.
 */
export function overviewOf(world: World, audience: Audience): Readonly<Record<string, unknown>> {
  const visible = layersOf(audience)
  const fieldsOf = (layer: LayerName): Fields[] => [...layerOf(world, layer).records.values()].map(({ fields }) => fields)
  const shown = Object.entries(sections).filter(([layer]) => (visible as readonly string[]).includes(layer))
  const overview = Object.fromEntries(shown.map(([layer, section]) => [layer, section(fieldsOf(layer as LayerName))]))
  const residents =
    !audience.integration && visible.includes('buildings') ? { residents: residentsOf(fieldsOf('buildings')) } : {}
  return { seq: world.seq, recordedAt: world.seq === 0 ? null : formatInstant(world.recordedAt), ...overview, ...residents }
}

function residentsOf(buildings: readonly Fields[]): Section {
  const care = Object.fromEntries(Object.entries(CARE).map(([state, field]) => [state, sum(buildings, field)]))
  return { count: sum(buildings, 'residents'), care }
}

function sum(records: readonly Fields[], field: string): number {
  return records.reduce((total, fields) => {
    const value = fields[field]
    return total + (typeof value === 'number' ? value : 0)
  }, 0)
}

/** How many records have each value; those without one are under `unknown`. */
function countBy(records: readonly Fields[], field: string, values: readonly string[]): Counts {
  const counts = new Map<string, number>(values.map((value) => [value, 0]))
  for (const fields of records) {
    const value = fields[field]
    const key = typeof value === 'string' || typeof value === 'number' ? String(value) : 'unknown'
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  return Object.fromEntries(counts)
}
