import { formatInstant } from '../../shared/domain/field.ts'
import { encodeColumns, encodeSection, fitsColumns, sectionMask, type ColumnRow } from '../../shared/protocol/columns.ts'
import { toWire } from '../../shared/protocol/wire-change.ts'
import type { Encoding } from '../../shared/protocol/join.ts'
import type { Change } from '../../shared/world/change.ts'
import type { Feed } from './feed.ts'
import type { Stream } from './streams.ts'

/** One stream's part of a delta, ready to be put together with others. */
export interface EncodedPart {
  /** JSON of each row with its seq, in seq order. */
  readonly rows: readonly { readonly seq: number; readonly text: string }[]
  /** Binary sections; none in `json`. */
  readonly sections: readonly Uint8Array[]
  /** Changes in it, in either form. */
  readonly count: number
}

/** A delta of several streams without its `fromSeq`, which differs by client. */
export interface DeltaBody {
  readonly rest: string
  readonly attachment: Buffer | null
}

/** Parts kept until the next tick: many clients may resume from as many places. */
const MAX_PARTS = 256

/** Encodes each stream's part once a tick and starting point, whoever needs it. */
export interface DeltaEncoder {
  /** The delta after `covered` for these streams, null when there is nothing for them to see. */
  body(streams: readonly Stream[], encoding: Encoding, covered: number): DeltaBody | null
  /** Changes that {@link body} would hold. */
  count(streams: readonly Stream[], encoding: Encoding, covered: number): number
  /** A new tick was cut. */
  reset(): void
}

export function createDeltaEncoder(feed: Feed): DeltaEncoder {
  const parts = new Map<string, EncodedPart>()

  const part = (stream: Stream, encoding: Encoding, covered: number): EncodedPart => {
    const key = `${encoding} ${stream.index} ${covered}`
    const known = parts.get(key)
    if (known !== undefined) return known
    const changes = feed.since(stream, covered)
    const made = encoding === 'json' ? jsonPart(changes) : columnsPart(changes, stream, feed)
    if (parts.size >= MAX_PARTS) parts.clear()
    parts.set(key, made)
    return made
  }

  return {
    body(streams, encoding, covered) {
      const filled = streams.map((stream) => part(stream, encoding, covered)).filter(({ count }) => count > 0)
      if (filled.length === 0) return null
      const head = `"toSeq":${feed.seq},"at":"${formatInstant(feed.atMs)}"`
      const rows = joinRows(filled)
      if (encoding === 'json') return { rest: `${head},"changes":[${rows}]}`, attachment: null }
      const columns = encodeColumns(
        feed.atMs,
        filled.flatMap(({ sections }) => sections),
      )
      const attachment = Buffer.from(columns.buffer, columns.byteOffset, columns.byteLength)
      return { rest: `${head},"v":1,"rows":[${rows}],"columns":{"_placeholder":true,"num":0}}`, attachment }
    },
    count: (streams, encoding, covered) => streams.reduce((total, stream) => total + part(stream, encoding, covered).count, 0),
    reset: () => parts.clear(),
  }
}

function joinRows(parts: readonly EncodedPart[]): string {
  const [only] = parts
  const rows = parts.length === 1 && only !== undefined ? only.rows : parts.flatMap((part) => part.rows).toSorted(bySeq)
  return rows.map(({ text }) => text).join(',')
}
const bySeq = (a: { readonly seq: number }, b: { readonly seq: number }): number => a.seq - b.seq

function jsonPart(changes: readonly Change[]): EncodedPart {
  const rows = changes.map((change) => ({ seq: change.seq, text: JSON.stringify(toWire(change)) }))
  return { rows, sections: [], count: changes.length }
}

/** What fits goes into binary sections by slot; the rest into rows, where a put tells the record's slot. */
function columnsPart(changes: readonly Change[], stream: Stream, feed: Feed): EncodedPart {
  const { records } = feed.view(stream)
  const rows: { seq: number; text: string }[] = []
  const byMask = new Map<number, ColumnRow[]>()
  for (const change of changes) {
    const slot = records.get(change.id)?.slot
    if (slot !== undefined && fitsColumns(change, feed.atMs)) {
      const mask = sectionMask(change)
      const row = { slot, observedAt: change.observedAt, fields: change.fields }
      const section = byMask.get(mask)
      if (section === undefined) byMask.set(mask, [row])
      else section.push(row)
      continue
    }
    const wire = change.op === 'put' && slot !== undefined ? { ...toWire(change), slot } : toWire(change)
    rows.push({ seq: change.seq, text: JSON.stringify(wire) })
  }
  const sections = [...byMask].map(([mask, section]) => encodeSection(stream.layer, mask, section, feed.atMs))
  return { rows, sections, count: changes.length }
}
