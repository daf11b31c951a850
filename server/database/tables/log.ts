/** The log's head: one row. On PostgreSQL it is the fence too: only who moves it from what they believe it to be may write. */
export interface LogHeadTable {
  /** Always 1. */
  id: number
  /** Made with the log, and anew by a restore: tells clients that seqs of another life mean nothing here. */
  epoch: string
  seq: number
  recordedAt: number
}

/** Changes not yet sealed. Times are UTC milliseconds. */
export interface ChangesTable {
  seq: number
  recordedAt: number
  observedAt: number
  /** Index in LAYERS. */
  layer: number
  id: string
  /** Index in OPS. */
  op: number
  /** A JSON object. */
  fields: string
}

/** One sealed run of changes; its bodies are in {@link ChunkBodiesTable}. Hashes are SHA-256. */
export interface ChunksTable {
  fromSeq: number
  toSeq: number
  /** `recordedAt` of its first and last change. */
  fromMs: number
  toMs: number
  codec: number
  previousHash: Uint8Array
  hash: Uint8Array
}

/** The bytes of one visibility class of a chunk. */
export interface ChunkBodiesTable {
  fromSeq: number
  /** Index in CHUNK_CLASSES. */
  class: number
  changes: number
  /** Of the body before compression. */
  bytes: number
  bodyHash: Uint8Array
  /** Tells which records the chunk does not speak of: server/journal/record-filter.ts. */
  filter: Uint8Array
  /** zstd. */
  body: Uint8Array
}

/** The whole world at one seq; its bodies are in {@link KeyframeBodiesTable}. */
export interface KeyframesTable {
  seq: number
  recordedAt: number
  codec: number
}

export interface KeyframeBodiesTable {
  seq: number
  class: number
  records: number
  bytes: number
  bodyHash: Uint8Array
  body: Uint8Array
}

/** How many changes were recorded in a minute, sealed ones only. */
export interface ActivityTable {
  /** Minutes since 1970. */
  minute: number
  class: number
  changes: number
}

/** When a server was up: silence of the log between two lifetimes is not knowledge that nothing happened. */
export interface LifetimesTable {
  startedAt: number
  lastAliveAt: number
  /** 1: it stopped in order. */
  stopped: number
}

/** Small facts of the store itself. */
export interface MetaTable {
  key: string
  value: string
}

export interface LogTables {
  logHead: LogHeadTable
  changes: ChangesTable
  chunks: ChunksTable
  chunkBodies: ChunkBodiesTable
  keyframes: KeyframesTable
  keyframeBodies: KeyframeBodiesTable
  activity: ActivityTable
  lifetimes: LifetimesTable
  meta: MetaTable
}
