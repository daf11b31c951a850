import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import type { Kysely } from 'kysely'

import { chunkBody, chunksBetween, keyframeBody } from '../../server/database/history.ts'
import { databaseFile, openDatabase } from '../../server/database/open-database.ts'
import { openReader } from '../../server/database/open-reader.ts'
import type { Database } from '../../server/database/schema.ts'
import { openBody, sealChanges, sealKeyframe } from '../../server/journal/sealed-codec.ts'
import { keyframeFloor, storeChunk, storeKeyframe } from '../../server/journal/sealed-store.ts'
import { GENESIS_HASH } from '../../shared/history/chain.ts'
import { CHUNK_CHANGES, decodeChunk } from '../../shared/history/chunk-codec.ts'
import { isKeyframeDue } from '../../shared/history/keyframe-distance.ts'
import { CHUNK_CLASSES } from '../../shared/history/classes.ts'
import { decodeKeyframe } from '../../shared/history/keyframe-codec.ts'
import type { Change } from '../../shared/world/change.ts'
import { restoreWorld } from '../../shared/world/snapshot.ts'
import { createWorld, recordOf, reduce, type World } from '../../shared/world/world.ts'
import { seededRandom } from '../support/random.ts'
import { DEMO_SCALE, demoHistory, type HistoryScale } from './history-data.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
const SEEKS = 200

interface Filled {
  readonly changes: number
  readonly fromMs: number
  readonly toMs: number
  readonly bytes: number
}

/**
 * Days of the demo's rhythm on disk: bytes a change, and what a seek to a random instant costs, against a plain table of
 * JSON records with an index. HISTORY_DAYS names the days at which it is measured, ascending (1); HISTORY_SCALE multiplies
 * the records (1: about 13,000); HISTORY_PLAIN_DAYS is how much of it the plain table holds (at most 1 when left out).
 */
export async function run(): Promise<void> {
  const days = (process.env['HISTORY_DAYS'] ?? '1').split(',').map(Number)
  const factor = Number(process.env['HISTORY_SCALE'] ?? 1)
  const scale = Object.fromEntries(
    Object.entries(DEMO_SCALE).map(([name, count]) => [name, Math.round(count * factor)]),
  ) as unknown as HistoryScale
  const records = Object.values(scale).reduce((sum, count) => sum + count, 0)
  const plainDays = Number(process.env['HISTORY_PLAIN_DAYS'] ?? Math.min(1, ...days))
  const folder = mkdtempSync(path.join(tmpdir(), 'lookout-history-bench-'))
  try {
    const began = performance.now()
    let spentMs = 0
    for await (const { day, ...filled } of fillHistory(folder, scale, days)) {
      const fillSeconds = (performance.now() - began - spentMs) / 1_000
      console.log(
        `history: ${day} days of ${records} records, ${filled.changes} changes in ${(filled.bytes / 2 ** 20).toFixed(0)} MiB: ` +
          `${(filled.bytes / filled.changes).toFixed(1)} bytes a change with keyframes and indexes (aim 10), ` +
          `generated and sealed in ${fillSeconds.toFixed(0)} s`,
      )
      const measuring = performance.now()
      const db = openReader({ dialect: 'sqlite', file: databaseFile(folder) })
      await measureSeeks(db, filled)
      if (day === days.at(-1)) await measurePlayback(db)
      await db.destroy()
      spentMs += performance.now() - measuring
    }
    plainTable(folder, scale, plainDays)
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Fills the sealed part of a log, chunk by chunk, as the sealer would; tells what is there at each of the days. */
export async function* fillHistory(
  dataDir: string,
  scale: HistoryScale,
  days: readonly number[],
): AsyncGenerator<Filled & { readonly day: number }> {
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  const world = createWorld()
  const waitingDays = [...days]
  let waiting: Change[] = []
  let hash: Uint8Array = GENESIS_HASH
  let fromMs = 0
  for (const batch of demoHistory(scale)) {
    fromMs ||= batch[0]?.recordedAt ?? 0
    waiting.push(...batch)
    while (waiting.length >= CHUNK_CHANGES) {
      const run = waiting.slice(0, CHUNK_CHANGES)
      waiting = waiting.slice(CHUNK_CHANGES)
      const chunk = sealChanges(run, hash)
      hash = chunk.header.hash
      for (const change of run) reduce(world, change)
      await handle.db.transaction().execute(async (trx) => {
        await storeChunk(trx, chunk)
        if (isKeyframeDue(world)) await storeKeyframe(trx, sealKeyframe(world))
      })
    }
    const day = waitingDays[0]
    if (day === undefined) break
    if (world.recordedAt - fromMs < day * DAY_MS) continue
    waitingDays.shift()
    yield { day, changes: world.seq, fromMs, toMs: world.recordedAt, bytes: sizeOf(databaseFile(dataDir)) }
  }
  await handle.close()
}

/** With what is not yet taken over from the journal of writes: a little more than it will be. */
function sizeOf(file: string): number {
  return statSync(file).size + statSync(`${file}-wal`).size
}

/** A seek: the stored bytes are fetched (the server's part), then unpacked, decoded and reduced (the browser's). */
async function measureSeeks(db: Kysely<Database>, { fromMs, toMs }: Filled): Promise<void> {
  const random = seededRandom(5)
  const fetched: number[] = []
  const whole: number[] = []
  for (let seek = 0; seek < SEEKS; seek += 1) {
    const at = fromMs + random.below(toMs - fromMs)
    const began = performance.now()
    const keyframe = await keyframeFloor(db, { ms: at })
    const bases = keyframe === undefined ? [] : await bodiesOf((index) => keyframeBody(db, keyframe.seq, index))
    const chunks = await chunksBetween(db, keyframe?.seq ?? 0, { ms: at })
    const parts = []
    for (const { fromSeq } of chunks) parts.push(await bodiesOf((index) => chunkBody(db, fromSeq, index)))
    fetched.push(performance.now() - began)
    const layers = bases.flatMap((body) => decodeKeyframe(openBody(body)).layers)
    const world = restoreWorld({ seq: keyframe?.seq ?? 0, recordedAt: keyframe?.recordedAt ?? 0, layers })
    for (const part of parts) apply(world, part, at)
    whole.push(performance.now() - began)
  }
  console.log(
    `history seek to a random instant: bytes ready on the server p50 ${at(fetched, 0.5)} ms, p99 ${at(fetched, 0.99)} ms (aim 50); ` +
      `with unpacking, decoding and reducing p50 ${at(whole, 0.5)} ms, p99 ${at(whole, 0.99)} ms (aim 150 to a redrawn map)`,
  )
}

type Body = NonNullable<Awaited<ReturnType<typeof chunkBody>>>

async function bodiesOf(read: (classIndex: number) => Promise<Body | undefined>): Promise<Body[]> {
  const bodies = await Promise.all(CHUNK_CLASSES.map((_name, index) => read(index)))
  return bodies.filter((body) => body !== undefined)
}

/** People and community have no record in common, so the order between the classes does not matter to the records. */
function apply(world: World, bodies: readonly Body[], untilMs: number): void {
  for (const body of bodies) {
    for (const change of decodeChunk(openBody(body)).changes) if (change.recordedAt <= untilMs) reduce(world, change)
  }
}

async function measurePlayback(db: Kysely<Database>): Promise<void> {
  const chunks = (await chunksBetween(db, 0, { ms: Number.MAX_SAFE_INTEGER })).slice(0, 40)
  const parts = []
  for (const { fromSeq } of chunks) parts.push(await bodiesOf((index) => chunkBody(db, fromSeq, index)))
  const world = createWorld()
  const began = performance.now()
  for (const part of parts) apply(world, part, Infinity)
  const perSecond = ((chunks.length * CHUNK_CHANGES) / (performance.now() - began)) * 1_000
  console.log(`history playback: ${Math.round(perSecond)} changes/s unpacked, decoded and reduced in one thread`)
}

function plainTable(folder: string, scale: HistoryScale, days: number): void {
  const file = path.join(folder, 'plain.sqlite')
  const database = new DatabaseSync(file)
  database.exec(
    'pragma journal_mode = wal; create table plain (seq integer primary key, ts integer, layer text, id text, record text)',
  )
  const insert = database.prepare('insert into plain values (?, ?, ?, ?, ?)')
  const world = createWorld()
  const known = new Set<string>()
  let fromMs = 0
  let jsonBytes = 0
  database.exec('begin')
  for (const batch of demoHistory(scale)) {
    for (const change of batch) {
      reduce(world, change)
      fromMs ||= change.recordedAt
      known.add(`${change.layer} ${change.id}`)
      const record = JSON.stringify(recordOf(world, change.layer, change.id)?.fields ?? null)
      jsonBytes += JSON.stringify(change).length
      insert.run(change.seq, change.recordedAt, change.layer, change.id, record)
    }
    // A commit a second of the log would only measure the disk.
    if (world.recordedAt % HOUR_MS < 1_000) database.exec('commit; begin')
    if (world.recordedAt - fromMs >= days * DAY_MS) break
  }
  database.exec('commit; create index plainByRecord on plain (layer, id, ts); pragma wal_checkpoint(truncate)')
  const latest = database.prepare('select record from plain where layer = ? and id = ? and ts <= ? order by ts desc limit 1')
  const records = [...known].map((key) => key.split(' '))
  const random = seededRandom(5)
  const took = Array.from({ length: SEEKS / 10 }, () => {
    const instant = fromMs + random.below(world.recordedAt - fromMs)
    const began = performance.now()
    for (const [layer = '', id = ''] of records) {
      const row = latest.get(layer, id, instant)
      if (row !== undefined) JSON.parse(String(row['record']))
    }
    return performance.now() - began
  })
  database.close()
  console.log(
    `history as a plain table of JSON records with an index, ${days} days, ${world.seq} rows: ${(statSync(file).size / world.seq).toFixed(1)} bytes a change ` +
      `(the JSON of the changes alone: ${(jsonBytes / world.seq).toFixed(1)}), ` +
      `seek p50 ${at(took, 0.5)} ms, p99 ${at(took, 0.99)} ms`,
  )
}

function at(values: readonly number[], quantile: number): string {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * quantile))] ?? 0).toFixed(1)
}
