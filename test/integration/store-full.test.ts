import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { sql } from 'kysely'
import { afterEach, describe, expect, it } from 'vitest'

import { openDatabase, type DatabaseHandle } from '../../server/database/open-database.ts'
import { openChangeLog, type ChangeLog } from '../../server/journal/change-log.ts'
import type { Change } from '../../shared/world/change.ts'
import { mountSmallDisk, unmountSmallDisk } from '../support/small-disk.ts'

const KIB = 1_024
const RESERVE_BYTES = 1_024 * KIB

/** A known size, where this machine lets tests have a file system of their own. */
const smallDisk = mountSmallDisk(12)

const change = (seq: number): Change => ({
  seq,
  recordedAt: seq,
  observedAt: seq,
  layer: 'merchants',
  id: `m-${seq}`,
  op: 'put',
  fields: { name: 'x'.repeat(60), position: [114.65, 33.62] },
})
const batch = (from: number, count: number) => ({
  from,
  changes: Array.from({ length: count }, (_, index) => change(from + index)),
})

let dataDir = ''
let handle: DatabaseHandle
let log: ChangeLog
afterEach(async () => {
  await log.close()
  await handle.close()
  if (dataDir === smallDisk) unmountSmallDisk(dataDir)
  else rmSync(dataDir, { recursive: true, force: true })
})

describe.skipIf(smallDisk === null)('a full disk (needs the right to mount a small one)', () => {
  it('stops recording while the reserve is touched, loses nothing, and goes on by itself when there is room', async () => {
    dataDir = smallDisk ?? ''
    handle = await openDatabase({ dataDir, databaseUrl: null })
    log = await openChangeLog(handle, { reserveBytes: RESERVE_BYTES })
    await log.append(batch(1, 100))
    const reserve = path.join(dataDir, 'journal.reserve')
    expect(statSync(reserve).size).toBe(RESERVE_BYTES)

    // Somebody else takes all there is, down to the last block.
    const filler = path.join(dataDir, 'recording.mp4')
    let size = 64 * KIB
    for (let written = ''; size >= 4 * KIB;) {
      try {
        written += 'x'
        writeFileSync(filler, new Uint8Array(size), { flag: 'a' })
      } catch {
        size = size >> 1
      }
      if (written.length > 10_000) throw new Error('the disk does not fill')
    }
    let head = await log.head()
    let refused: unknown = null
    while (refused === null) {
      const next = batch(head + 1, 500)
      await log.append(next).then(
        () => {
          head += 500
        },
        (cause: unknown) => {
          refused = cause
        },
      )
    }
    expect(refused).toMatchObject({ code: 'journal_full' })
    await expect(log.append(batch(head + 1, 1))).rejects.toMatchObject({ code: 'journal_full' })
    expect(await log.head()).toBe(head)
    // Small things, such as an audit line, can still be written: the reserve gave its room to them.
    await handle.db
      .insertInto('meta')
      .values({ key: 'while full', value: 'x'.repeat(20_000) })
      .execute()
    rmSync(filler)
    await log.append(batch(head + 1, 10))
    expect(await log.head()).toBe(head + 10)
    expect(existsSync(reserve)).toBe(true)
    const seqs: number[] = []
    for await (const { changes } of log.read(0)) seqs.push(...changes.map(({ seq }) => seq))
    expect(seqs).toEqual(Array.from({ length: head + 10 }, (_, index) => index + 1))
  })
})

describe('a database that may not grow', () => {
  it('says that the journal is full, keeps what it has, and goes on when it may grow again', async () => {
    dataDir = mkdtempSync(path.join(tmpdir(), 'lookout-full-'))
    handle = await openDatabase({ dataDir, databaseUrl: null, maxPages: 120 })
    log = await openChangeLog(handle)
    let head = 0
    let refused: unknown = null
    while (refused === null) {
      try {
        await log.append(batch(head + 1, 300))
        head += 300
      } catch (cause) {
        refused = cause
      }
    }
    expect(refused).toMatchObject({ code: 'journal_full' })
    expect(await log.head()).toBe(head)
    await sql`pragma max_page_count = 100000`.execute(handle.db)
    await log.append(batch(head + 1, 300))
    expect(await log.head()).toBe(head + 300)
  })
})
