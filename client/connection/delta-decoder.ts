import type { LayerName } from '../../shared/domain/layers.ts'
import { decodeColumns, type ColumnSection } from '../../shared/protocol/columns.ts'
import { deltaColumnsSchema, deltaJsonSchema, type DeltaRow } from '../../shared/protocol/delta.ts'
import type { Encoding } from '../../shared/protocol/join.ts'
import { fromWire } from '../../shared/protocol/wire-change.ts'
import type { Change } from '../../shared/world/change.ts'

/** One layer's changes, read when they are applied: only then is it known which record a slot speaks of. */
export type LayerChanges = () => readonly Change[]

/** A delta, parsed. */
export interface Delta {
  readonly fromSeq: number
  readonly toSeq: number
  readonly atMs: number
  readonly layers: ReadonlyMap<LayerName, LayerChanges>
}

/** Reads deltas of either encoding. Knows the server's slots, which are only names on the wire. */
export interface DeltaDecoder {
  /** Null when it is not a delta. */
  decode(message: unknown): Delta | null
  /** The layer's slots as its snapshot has them. */
  loaded(layer: LayerName, slots: readonly number[], ids: readonly string[]): void
}

/** A delta spoke of a slot whose record never came: something was lost. */
export class UnknownSlot extends Error {}

/** @param wanted the layers that were joined; a server may send more of the role's, which are left out */
export function createDeltaDecoder(encoding: Encoding, wanted: readonly LayerName[]): DeltaDecoder {
  const idsBySlot = new Map<LayerName, Map<number, string>>()

  const slotsOf = (layer: LayerName): Map<number, string> => {
    const known = idsBySlot.get(layer) ?? new Map<number, string>()
    idsBySlot.set(layer, known)
    return known
  }

  const readLayer = (layer: LayerName, rows: readonly DeltaRow[], sections: readonly ColumnSection[], range: Range): Change[] => {
    const ids = slotsOf(layer)
    for (const { id, slot } of rows) if (slot !== undefined) ids.set(slot, id)
    const changes = rows.map((row) => fromWire(row, range.atMs))
    for (const section of sections) {
      for (const { slot, observedAt, fields } of section.rows) {
        const id = ids.get(slot)
        if (id === undefined) throw new UnknownSlot(`slot ${slot} of ${layer}`)
        changes.push({ seq: range.toSeq, recordedAt: range.atMs, observedAt, layer, id, op: 'patch', fields })
      }
    }
    return changes
  }

  const byLayer = (rows: readonly DeltaRow[], sections: readonly ColumnSection[], range: Range): Delta['layers'] => {
    const present = new Set([...rows, ...sections].map(({ layer }) => layer))
    const layers = wanted.filter((layer) => present.has(layer))
    return new Map(
      layers.map((layer): [LayerName, LayerChanges] => {
        const own = rows.filter((row) => row.layer === layer)
        const ownSections = sections.filter((section) => section.layer === layer)
        return [layer, () => readLayer(layer, own, ownSections, range)]
      }),
    )
  }

  return {
    decode(message) {
      if (encoding === 'json') {
        const parsed = deltaJsonSchema.safeParse(message)
        if (!parsed.success) return null
        const { fromSeq, toSeq, at, changes } = parsed.data
        const range = { toSeq, atMs: Date.parse(at) }
        return { fromSeq, ...range, layers: byLayer(changes, [], range) }
      }
      const parsed = deltaColumnsSchema.safeParse(message)
      if (!parsed.success) return null
      const { fromSeq, toSeq, rows, columns } = parsed.data
      try {
        const { atMs, sections } = decodeColumns(columns instanceof Uint8Array ? columns : new Uint8Array(columns))
        const range = { toSeq, atMs }
        return { fromSeq, ...range, layers: byLayer(rows, sections, range) }
      } catch {
        return null // Not columns: as good as lost.
      }
    },
    loaded(layer, slots, ids) {
      idsBySlot.set(layer, new Map(slots.map((slot, row) => [slot, ids[row] ?? ''])))
    },
  }
}

interface Range {
  readonly toSeq: number
  readonly atMs: number
}
