import { formatInstant, type Fields } from '../../shared/domain/field.ts'
import type { LayerName } from '../../shared/domain/layers.ts'
import type { Sight } from '../../shared/domain/roles.ts'
import { snapshotLayer } from '../../shared/world/snapshot.ts'
import type { World } from '../../shared/world/world.ts'

export const WORLD_FORMATS = ['json', 'geojson'] as const
export type WorldFormat = (typeof WORLD_FORMATS)[number]

/** What a reader may see of a layer. */
export interface SeenLayer {
  readonly layer: LayerName
  readonly sight: Sight
}

/** What stands at the head of a world at an instant. */
export interface WorldHead {
  readonly epoch: string
  readonly seq: number
  /** UTC milliseconds. */
  readonly at: number
  /** Null when the state is known; otherwise why it is not, and the layers are empty. */
  readonly unknown: 'before_first' | 'server_down' | 'not_yet' | null
}

/** A world for other people's tools, as text; layers only that are asked for. */
export function worldDocument(world: World, head: WorldHead, seen: readonly SeenLayer[], format: WorldFormat): string {
  const facts = {
    epoch: head.epoch,
    seq: head.seq,
    at: formatInstant(head.at),
    known: head.unknown === null,
    unknown: head.unknown,
  }
  const records = (layer: LayerName) => (head.unknown === null ? snapshotLayer(world, layer).records : [])
  if (format === 'json') {
    const layers = Object.fromEntries(
      seen.map(({ layer, sight }) => [
        layer,
        records(layer).map((record) => ({
          id: record.id,
          observedAt: formatInstant(record.observedAt),
          ...whole(record.fields, sight),
        })),
      ]),
    )
    return JSON.stringify({ ...facts, layers })
  }
  const features = seen.flatMap(({ layer, sight }) =>
    records(layer).map((record) => {
      const { position = null, ...properties } = whole(record.fields, sight)
      const geometry = Array.isArray(position) ? { type: 'Point', coordinates: position } : null
      const id = `${layer}/${record.id}`
      return {
        type: 'Feature',
        id,
        geometry,
        properties: { layer, id: record.id, observedAt: formatInstant(record.observedAt), ...properties },
      }
    }),
  )
  return JSON.stringify({ type: 'FeatureCollection', ...facts, features })
}

const whole = (fields: Fields, sight: Sight): Fields =>
  Object.fromEntries([...sight].map(([name, field]) => [name, fields[field] ?? null]))
