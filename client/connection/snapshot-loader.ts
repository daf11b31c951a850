import { snapshotJsonSchema } from '../../shared/protocol/snapshot.ts'
import { fieldsFromWire } from '../../shared/protocol/wire-change.ts'
import { readColumns } from './snapshot-columns.ts'
import type { LoadedSnapshot } from './loaded-snapshot.ts'

const ARROW = 'application/vnd.apache.arrow.stream'

/** `gone`: not signed in or not allowed; `retry`: anything that may pass by itself. */
export type SnapshotResult =
  | { readonly ok: true; readonly snapshot: LoadedSnapshot }
  | { readonly ok: false; readonly code: 'gone' | 'retry' }

export type FetchBytes = (path: string, signal: AbortSignal) => Promise<Response>

/** Loads one layer from the path that a join named. Never throws. */
export async function loadSnapshot(fetchBytes: FetchBytes, path: string, signal: AbortSignal): Promise<SnapshotResult> {
  try {
    const response = await fetchBytes(path, signal)
    if (response.status === 401 || response.status === 403) return { ok: false, code: 'gone' }
    if (!response.ok) return { ok: false, code: 'retry' }
    return { ok: true, snapshot: await read(response) }
  } catch {
    // A broken connection, a cut body or bytes that are not a snapshot: all are worth another try.
    return { ok: false, code: 'retry' }
  }
}

async function read(response: Response): Promise<LoadedSnapshot> {
  const type = response.headers.get('content-type') ?? ''
  return type.startsWith(ARROW) ? readColumns(new Uint8Array(await response.arrayBuffer())) : readJson(await response.json())
}

function readJson(body: unknown): LoadedSnapshot {
  const { epoch, seq, records } = snapshotJsonSchema.parse(body)
  const read = records.map(({ id, observedAt, ...fields }) => ({
    id,
    observedAt: Date.parse(observedAt),
    fields: fieldsFromWire(fields),
  }))
  return { epoch, seq, records: read, slots: null }
}
