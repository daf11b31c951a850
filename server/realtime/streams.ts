import type { Fields } from '../../shared/domain/field.ts'
import { fieldSpecsOf, LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import { layersOf, ROLES, seenFields, sightOf, type Audience, type Sight } from '../../shared/domain/roles.ts'
import type { Change } from '../../shared/world/change.ts'

/** One layer as some roles see it: the unit that is merged, encoded and cached. Roles that see the same share one. */
export interface Stream {
  readonly index: number
  readonly layer: LayerName
  /** Fields whose own values never enter it. */
  readonly hidden: ReadonlySet<string>
  readonly sight: Sight
  /** The fields that it carries, in declared order. */
  readonly fields: readonly string[]
}

function buildStreams() {
  const streams: Stream[] = []
  const byRole = new Map<string, Stream>()
  for (const layer of LAYERS) {
    const names = Object.keys(fieldSpecsOf(layer))
    // The full form comes first of each layer, whether or not a role sees it: it is the form nearest to the log.
    const bySight = new Map<string, Stream>()
    const streamFor = (sight: Sight): Stream => {
      const key = [...sight].join()
      const known = bySight.get(key)
      if (known !== undefined) return known
      const hidden = new Set(names.filter((name) => sight.get(name) !== name))
      const stream: Stream = { index: streams.length, layer, hidden, sight, fields: [...sight.keys()] }
      streams.push(stream)
      bySight.set(key, stream)
      return stream
    }
    streamFor(new Map(names.map((name) => [name, name])))
    for (const role of ROLES) {
      const audience: Audience = { role, integration: false }
      if (layersOf(audience).includes(layer)) byRole.set(`${layer} ${role}`, streamFor(sightOf(layer, role)))
    }
  }
  return { streams, byRole }
}

const built = buildStreams()

/** Every stream there can be, in wire order of their layers. */
export const STREAMS: readonly Stream[] = built.streams

/** The form of a layer that an audience sees, or null when it sees none of it. */
export function streamOf(layer: LayerName, audience: Audience): Stream | null {
  return layersOf(audience).includes(layer) ? (built.byRole.get(`${layer} ${audience.role}`) ?? null) : null
}

/** The change without the stream's hidden fields; null when nothing is left of a patch. */
export function visibleChange(stream: Stream, change: Change): Change | null {
  if (stream.hidden.size === 0 || change.op === 'remove') return change
  const fields = visibleFieldsOf(stream, change.fields)
  return change.op === 'patch' && Object.keys(fields).length === 0 ? null : { ...change, fields }
}

/** The fields that the stream carries, in declared order. */
export function visibleFieldsOf(stream: Stream, fields: Fields): Fields {
  return stream.hidden.size === 0 ? fields : seenFields(stream.sight, fields)
}
