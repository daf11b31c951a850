import { readOutline, type Outline } from '../../shared/hotspot/outline.ts'
import type { NamedPoint } from '../../shared/hotspot/places.ts'
import { layerOf, type World } from '../../shared/world/world.ts'
import type { Site } from '../site/site-folder.ts'
import { MOST_NAMES, type CaseColumns } from './case-columns.ts'
import type { BasePoints, WorkerDataset } from './worker-messages.ts'

/** The id of the dataset that is the community's own log. */
export const COMMUNITY = 'community'

/** The denominator that comes from the workers layer. */
export const PATROLS = 'patrols'

/** Study area of the community: its boundary. Null without a site. */
export function communityOutline(site: Site | null): Outline | null {
  return site === null ? null : readOutline(site.layers.boundary)
}

/** Names on the site's map, to call a hot place by. */
export function communityNames(site: Site | null): NamedPoint[] {
  if (site === null) return []
  return site.layers.labels.features.map(({ properties, geometry }) => ({
    name: properties.name,
    nameEn: properties.nameEn,
    lng: geometry.coordinates[0],
    lat: geometry.coordinates[1],
  }))
}

/**
 * The community's cases as they stand, with households by building. Rejected and merged cases are none. Null when the
 * log has more different categories than a dataset may. Runs on the event loop, so that a log of 100,000 cases must take
 * tens of milliseconds: values of the world were normalised at the door and are read as they are.
 */
export function communityDataset(world: World, site: Site | null, key: string): WorkerDataset | null {
  const { records } = layerOf(world, 'cases')
  const names = new Map(site?.categories.map(({ code, name }) => [code, name]))
  const [categories, sources] = [new Map<string, number>(), new Map<string, number>()]
  const numberOf = (known: Map<string, number>, name: string): number => {
    const found = known.get(name) ?? known.size
    if (found === known.size) known.set(name, found)
    return found
  }
  const room = records.size
  const [lng, lat, timeMs] = [new Float64Array(room), new Float64Array(room), new Float64Array(room)]
  const [category, source] = [new Uint16Array(room), new Uint16Array(room)]
  let count = 0
  for (const { fields, observedAt } of records.values()) {
    const { position, reportedAt, categoryCode, stage, reporterKind } = fields as Record<string, unknown>
    if (!Array.isArray(position) || stage === 'rejected' || stage === 'merged') continue
    const reportedMs = typeof reportedAt === 'string' ? Date.parse(reportedAt) : Number.NaN
    lng[count] = Number(position[0])
    lat[count] = Number(position[1])
    timeMs[count] = Number.isNaN(reportedMs) ? observedAt : reportedMs
    const code = String(categoryCode)
    category[count] = numberOf(categories, names.get(code) ?? code)
    source[count] = numberOf(sources, typeof reporterKind === 'string' ? reporterKind : '')
    count += 1
  }
  if (categories.size > MOST_NAMES) return null
  const columns: CaseColumns = {
    lng: lng.slice(0, count),
    lat: lat.slice(0, count),
    timeMs: timeMs.slice(0, count),
    category: category.slice(0, count),
    source: source.slice(0, count),
    // Ids tell files that bring a case twice; in the log each is there once.
    idHash: new Float64Array(),
    categories: [...categories.keys()],
    sources: [...sources.keys()],
  }
  return { key, columns, bases: { households: householdsOf(world) }, names: communityNames(site) }
}

function householdsOf(world: World): BasePoints {
  const places = [...layerOf(world, 'buildings').records.values()].flatMap(({ fields }) => {
    const { position, households } = fields as Record<string, unknown>
    if (!Array.isArray(position) || typeof households !== 'number' || households <= 0) return []
    return [[Number(position[0]), Number(position[1]), households] as const]
  })
  return {
    lng: Float64Array.from(places, ([lng]) => lng),
    lat: Float64Array.from(places, ([, lat]) => lat),
    value: Float64Array.from(places, ([, , value]) => value),
  }
}
