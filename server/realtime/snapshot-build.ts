import { formatInstant } from '../../shared/domain/field.ts'
import { snapshotLayer } from '../../shared/world/snapshot.ts'
import type { WorldRecord } from '../../shared/world/world.ts'
import { buildColumns, type StaticColumns } from './snapshot-columns.ts'
import type { SnapshotInput } from './snapshot-input.ts'

/** One layer as bytes of the format, in slot order. */
export function buildSnapshot(input: SnapshotInput, kept: StaticColumns): Uint8Array<ArrayBuffer> {
  const { records } = snapshotLayer(input.world, input.stream.layer)
  return input.format === 'json' ? buildJson(input, records) : buildColumns(input, records, kept)
}

function buildJson({ epoch, seq, stream }: SnapshotInput, records: readonly WorldRecord[]): Uint8Array<ArrayBuffer> {
  const rows = records.map(({ id, observedAt, fields }) =>
    JSON.stringify({ id, observedAt: formatInstant(observedAt), ...fields }),
  )
  const head = `{"epoch":${JSON.stringify(epoch)},"seq":${seq},"layer":${JSON.stringify(stream.layer)},"records":[`
  return new TextEncoder().encode(`${head}${rows.join(',')}]}`)
}
