import type { Fields, FieldValue } from './field.ts'
import { fieldSpecsOf, LAYERS, PEOPLE_LAYERS, type LayerName } from './layers.ts'

/** Who signs in, and the wall that pairs. Sources and integrations are tokens and stand apart. */
export const ROLES = ['wall', 'duty', 'supervisor', 'office', 'worker', 'admin'] as const
export type Role = (typeof ROLES)[number]

const ROLE_LAYERS: Readonly<Record<Role, readonly LayerName[]>> = {
  wall: ['buildings', 'merchants', 'cameras', 'stations', 'alarms', 'cases'],
  duty: LAYERS,
  supervisor: LAYERS,
  office: ['buildings', 'cases'],
  worker: [],
  admin: [],
}

/** Whose eyes a stream is for: a role, and whether it is an integration's token, which never sees people. */
export interface Audience {
  readonly role: Role
  readonly integration: boolean
}

/** The layers that an audience may see, in wire order. */
export function layersOf(audience: Audience): readonly LayerName[] {
  const layers = ROLE_LAYERS[audience.role]
  return audience.integration ? layers.filter((layer) => !PEOPLE_LAYERS.includes(layer)) : layers
}

/** What a role sees of a layer: the names it sees, in their declared order, each with the field whose value it shows. */
export type Sight = ReadonlyMap<string, string>

export function sightOf(layer: LayerName, role: Role): Sight {
  const specs = Object.entries(fieldSpecsOf(layer)).filter(
    ([, { hiddenFrom }]) => !hiddenFrom.includes(role) && !hiddenFrom.includes('*'),
  )
  return new Map(specs.map(([name, { standIn }]) => [name, standIn?.roles.includes(role) === true ? standIn.field : name]))
}

/** Of the given fields those that are seen, by the names under which they are. */
export function seenFields(sight: Sight, fields: Fields): Fields {
  const seen: Record<string, FieldValue> = {}
  for (const [name, field] of sight) {
    const value = fields[field]
    if (value !== undefined) seen[name] = value
  }
  return seen
}
