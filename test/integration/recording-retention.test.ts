import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, test } from 'vitest'

import { createAudit, type Audit } from '../../server/accounts/audit.ts'
import { openDatabase, type DatabaseHandle } from '../../server/database/open-database.ts'
import { createRecordingIndex } from '../../server/database/recordings.ts'
import type { RecordingIndex } from '../../server/video/recording-index.ts'
import { RecordingKeeper, type RecordingDeletion, type RecordingKeeperOptions } from '../../server/video/recording-keeper.ts'

const DAY_MS = 86_400_000
const NOW_MS = Date.UTC(2026, 10, 26)
const MINUTE_MS = 60_000

let dataDir: string
let folder: string
let handle: DatabaseHandle
let index: RecordingIndex
let audit: Audit
const logLines: string[] = []
let floors: { freed: number; isStuck: boolean }[] = []
beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'lookout-retention-'))
  folder = join(dataDir, 'recordings')
  handle = await openDatabase({ dataDir, databaseUrl: null })
  index = createRecordingIndex(handle.db)
  audit = createAudit(handle.db, () => NOW_MS)
  floors = []
})
afterEach(async () => {
  await handle.close()
  await rm(dataDir, { recursive: true })
})

function keeper(options: Partial<RecordingKeeperOptions> = {}): RecordingKeeper {
  return new RecordingKeeper({
    index,
    folder,
    retention: () => Promise.resolve(new Map([['one', 1]])),
    otherDays: 30,
    floorBytes: 1_000,
    freeBytes: () => Promise.resolve(Infinity),
    now: () => NOW_MS,
    log: (line) => logLines.push(line),
    recordDeletion: ({ cameraId, ...details }) =>
      audit.record({ actor: null, action: 'recording.delete', subject: `cameras/${cameraId}`, details }),
    onFloor: (state) => floors.push(state),
    ...options,
  })
}

/** A closed file of a minute that began so many days ago, with its row. */
async function recorded(cameraId: string, daysAgo: number): Promise<number> {
  const startMs = NOW_MS - daysAgo * DAY_MS
  const path = join(cameraId, `${startMs}.mp4`)
  await mkdir(join(folder, cameraId), { recursive: true })
  await writeFile(join(folder, path), 'picture')
  const facts = { initBytes: 1, codec: 'avc1.42c01e', timescale: 90_000, bytes: 7, closed: true }
  await index.write({
    segments: [{ cameraId, startMs, endMs: startMs + MINUTE_MS, path, ...facts }],
    gops: [{ cameraId, startMs, wallMs: startMs, decodeTime: 0, offset: 1 }],
  })
  return startMs
}
const left = async (cameraId: string): Promise<number[]> =>
  (await index.segmentsBetween(cameraId, 0, Number.MAX_SAFE_INTEGER)).map(({ startMs }) => startMs)
const filesOf = async (cameraId: string): Promise<string[]> => (await readdir(join(folder, cameraId))).toSorted()
const register = async () => await audit.list({ before: null, subject: null, limit: 50 })

describe('what becomes of old recordings', () => {
  test('retention deletes the old, and the register says what, whose, how much and why', async () => {
    const [older, old, young] = [await recorded('one', 3), await recorded('one', 2), await recorded('one', 0.5)]
    const other = await recorded('two', 3)
    await keeper().sweep()
    expect(await left('one')).toEqual([young])
    expect(await filesOf('one')).toEqual([`${young}.mp4`])
    expect(await left('two')).toEqual([other])
    expect(logLines).toContain(`recording ${join('one', `${older}.mp4`)} deleted: older than 1 days`)
    expect((await register()).map(({ actor, action, subject, details }) => [actor.kind, action, subject, details])).toEqual([
      [
        'system',
        'recording.delete',
        'cameras/one',
        { files: 2, bytes: 14, fromMs: older, toMs: old + MINUTE_MS, why: 'retention', keptDays: 1 },
      ],
    ])
  })

  test('what the register does not take is not deleted', async () => {
    const old = await recorded('one', 2)
    await keeper({ recordDeletion: () => Promise.reject(new Error('no room')) }).sweep()
    expect([await left('one'), await filesOf('one')]).toEqual([[old], [`${old}.mp4`]])
    await keeper().sweep()
    expect(await left('one')).toEqual([])
    expect(await register()).toHaveLength(1)
  })

  test('a disk too full for a row of the register is still made free, and the row follows', async () => {
    await recorded('two', 3)
    let [free, hasRoom] = [10, false]
    const written: RecordingDeletion[] = []
    const one = keeper({
      freeBytes: () => Promise.resolve(free),
      recordDeletion: (deletion) => {
        if (!hasRoom) return Promise.reject(new Error('disk full'))
        written.push(deletion)
        return Promise.resolve()
      },
      onFloor: () => undefined,
    })
    await one.sweep()
    expect([await left('two'), written]).toEqual([[], []])
    ;[free, hasRoom] = [Infinity, true]
    await one.sweep()
    expect(written).toMatchObject([{ cameraId: 'two', files: 1, why: 'floor' }])
  })

  test('a hold keeps what it touches, against retention and against the floor, until it is released', async () => {
    const [held, second] = [await recorded('one', 3), await recorded('one', 2)]
    const fromTo = { fromMs: held, toMs: held }
    await index.hold({ id: 'hold-1', cameraId: 'one', ...fromTo, reason: '案件', createdBy: 'test', createdAtMs: 0 })
    await keeper().sweep()
    expect(await left('one')).toEqual([held])
    expect(await filesOf('one')).not.toContain(`${second}.mp4`)
    await keeper({ freeBytes: () => Promise.resolve(10) }).sweep()
    expect([await left('one'), floors]).toEqual([[held], [{ freed: 0, isStuck: true }]])
    expect(await index.release('hold-1')).toBe(true)
    await keeper().sweep()
    expect(await left('one')).toEqual([])
  })

  test('the floor takes the oldest first, only as much as it needs, and says so', async () => {
    for (let day = 1; day <= 60; day++) await recorded('two', day / 2.5)
    const before = await left('two')
    let free = 10
    const one = keeper({
      freeBytes: () => {
        const was = free
        free += 1_000
        return Promise.resolve(was)
      },
    })
    await one.sweep()
    expect(floors).toEqual([{ freed: 50, isStuck: false }])
    expect(await left('two')).toEqual(before.slice(50))
    expect((await register()).map(({ action, details }) => [action, details])).toEqual([
      ['recording.delete', expect.objectContaining({ files: 50, why: 'floor', keptDays: null })],
    ])
  })
})
