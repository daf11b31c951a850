import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { createIdempotencyKeys } from '../../server/ingest/idempotency.ts'
import { createIngest } from '../../server/ingest/ingest.ts'
import { openDatabase } from '../../server/database/open-database.ts'
import { openChangeLog, type Batch } from '../../server/journal/change-log.ts'
import { createWorldWriter } from '../../server/world/world-writer.ts'
import { OPS } from '../../shared/domain/entry.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { LAYERS } from '../../shared/domain/layers.ts'
import type { Change } from '../../shared/world/change.ts'
import { createWorld } from '../../shared/world/world.ts'
import { DEMO_SCALE, demoHistory } from './history-data.ts'

const CHANGES = 200_000
/** A source's usual batch. */
const BATCH = 1_000
/** Each is timed this often, in turns, and its best counts: other work on the machine only ever slows. */
const ROUNDS = 3

interface Timing {
  readonly perSecond: number
  /** Processor time of this thread a change; the rest is spent in others. */
  readonly microseconds: number
}

function batchesOf(): Batch[] {
  const changes: Change[] = []
  for (const some of demoHistory(DEMO_SCALE)) {
    changes.push(...some)
    if (changes.length >= CHANGES) break
  }
  return Array.from({ length: CHANGES / BATCH }, (_, index) => ({
    from: index * BATCH + 1,
    changes: changes.slice(index * BATCH, (index + 1) * BATCH),
  }))
}

/** Appending to the log against bare prepared inserts of the same rows, one durable transaction a batch. */
export async function run(): Promise<void> {
  const batches = batchesOf()
  const best = new Map<string, Timing>()
  const kinds = { bare: bareInserts, append: appends, writer: submissions, door: requests }
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const [name, measure] of Object.entries(kinds)) {
      const timing = await inFolder((folder) => timed(() => measure(folder, batches)))
      if (timing.perSecond > (best.get(name)?.perSecond ?? 0)) best.set(name, timing)
    }
  }
  const bare = best.get('bare')?.perSecond ?? 1
  const labels: Record<string, string> = {
    bare: 'bare prepared inserts, WAL, FULL',
    append: 'journal append, sealing beside it',
    writer: 'world writer: sequence, reduce, append',
    door: 'the door: NDJSON read, checked, normalised, then the same, with an Idempotency-Key a batch',
  }
  for (const [name, { perSecond, microseconds }] of best) {
    console.log(
      `ingest ${labels[name]}: ${Math.round(perSecond)} changes/s (${(perSecond / bare).toFixed(2)} of bare), ` +
        `${microseconds.toFixed(2)} us of the server's thread a change`,
    )
  }
}

async function inFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'lookout-ingest-bench-'))
  try {
    return await use(folder)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** `work` opens what it needs and returns what is to be timed. */
async function timed(work: () => Promise<{ go: () => Promise<void>; end: () => Promise<void> }>): Promise<Timing> {
  const { go, end } = await work()
  const before = process.threadCpuUsage()
  const from = performance.now()
  await go()
  const ms = performance.now() - from
  const { user, system } = process.threadCpuUsage(before)
  await end()
  return { perSecond: (CHANGES / ms) * 1_000, microseconds: (user + system) / CHANGES }
}

function bareInserts(folder: string, batches: readonly Batch[]) {
  const database = new DatabaseSync(path.join(folder, 'bare.sqlite'))
  database.exec('pragma journal_mode = wal; pragma synchronous = full')
  database.exec(
    'create table changes (seq integer primary key, recordedAt integer, observedAt integer, layer integer, id text, op integer, fields text)',
  )
  const insert = database.prepare('insert into changes values (?, ?, ?, ?, ?, ?, ?)')
  return Promise.resolve({
    go() {
      for (const { changes } of batches) {
        database.exec('begin')
        for (const { seq, recordedAt, observedAt, layer, id, op, fields } of changes) {
          insert.run(seq, recordedAt, observedAt, LAYERS.indexOf(layer), id, OPS.indexOf(op), JSON.stringify(fields))
        }
        database.exec('commit')
      }
      return Promise.resolve()
    },
    end: () => Promise.resolve(database.close()),
  })
}

async function openStore(dataDir: string) {
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  const log = await openChangeLog(handle)
  const end = async (): Promise<void> => {
    await log.close()
    await handle.close()
  }
  return { log, end }
}

async function appends(folder: string, batches: readonly Batch[]) {
  const { log, end } = await openStore(folder)
  const go = async (): Promise<void> => {
    for (const batch of batches) await log.append(batch)
  }
  return { go, end }
}

async function openWriter(dataDir: string) {
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  const log = await openChangeLog(handle)
  const onBroken = (cause: unknown): never => {
    throw cause
  }
  const writer = createWorldWriter({ log, world: createWorld(), derivations: [], now: Date.now, onBroken })
  const end = async (): Promise<void> => {
    await writer.stop()
    await log.close()
    await handle.close()
  }
  return { db: handle.db, writer, end }
}

/** Two requests under way at a time: the second is sequenced with what comes in during the first one's commit. */
async function twoAtATime<T>(items: readonly T[], take: (item: T) => Promise<{ ok: boolean }>): Promise<void> {
  let next = 0
  const one = async (): Promise<void> => {
    for (let item = items[next++]; item !== undefined; item = items[next++]) {
      if (!(await take(item)).ok) throw new Error('a batch was not taken')
    }
  }
  await Promise.all([one(), one()])
}

async function submissions(folder: string, batches: readonly Batch[]) {
  const { writer, end } = await openWriter(folder)
  return { go: () => twoAtATime(batches, ({ changes }) => writer.submit({ entries: changes })), end }
}

/** All of a request but HTTP: NDJSON parsed, checked and normalised, the answer kept under its key. */
async function requests(folder: string, batches: readonly Batch[]) {
  const { db, writer, end } = await openWriter(folder)
  const keys = createIdempotencyKeys(db, Date.now)
  const ingest = createIngest({ writer, keys, now: Date.now, monotonic: () => performance.now() })
  const layers = LAYERS
  const common = { id: 'bench', name: 'bench', credentialId: 'bench' }
  const source = { kind: 'source', role: 'source', layers, ratePerSecond: 1_000_000, ...common } as const
  const bodies = batches.map(({ from, changes }) => ({
    key: `batch-${from}`,
    body: Buffer.from(changes.map((change) => lineOf(change)).join('')),
  }))
  return { go: () => twoAtATime(bodies, ({ key, body }) => ingest.take(source, body, key)), end }
}

const lineOf = ({ layer, id, op, observedAt, fields }: Change): string =>
  `${JSON.stringify({ layer, id, op, observedAt: formatInstant(observedAt), ...(op === 'remove' ? {} : { fields }) })}\n`
