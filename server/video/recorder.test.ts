import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { fragmentBytes, initSegment } from '../../test/support/fmp4-builder.ts'
import { readTrack } from './fmp4-boxes.ts'
import { Recorder } from './recorder.ts'
import type { RecordingEvent, RecordingMode } from './recording-events.ts'
import { scanSegment } from './segment-scan.ts'

/** 12:00:50 of a minute, so that a rotation is ten seconds away. */
const START_MS = Date.UTC(2026, 10, 23, 12, 0, 50)
const FRAME_MS = 100
const GROUP = 10
const CAMERA = 'cam1'

let folder: string
let events: RecordingEvent[]
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'recorder-'))
  events = []
})
afterEach(async () => await rm(folder, { recursive: true }))

function recorder(mode: Exclude<RecordingMode, 'never'>): Recorder {
  const made = new Recorder(CAMERA, mode, folder, (event) => events.push(event))
  made.run()
  made.head({ init: initSegment(), track: readTrack(initSegment()) ?? fail() })
  return made
}
function fail(): never {
  throw new Error('a track was expected')
}

function feed(to: Recorder, fromFrame: number, count: number): void {
  for (let frame = fromFrame; frame < fromFrame + count; frame++) {
    const isKey = frame % GROUP === 0
    const decodeTime = frame * FRAME_MS * 90
    to.fragment({
      bytes: fragmentBytes(decodeTime, isKey),
      decodeTime: BigInt(decodeTime),
      isKey,
      atMs: START_MS + frame * FRAME_MS,
    })
  }
}
const files = async (): Promise<string[]> =>
  (await readdir(join(folder, CAMERA)).catch(() => [])).toSorted((left, right) => left.localeCompare(right))

describe('a camera that is recorded always', () => {
  test('has files of whole groups that change at the first key frame after a minute, and an index that agrees with them', async () => {
    const made = recorder('always')
    feed(made, 0, 800)
    await made.stop()
    expect(await files()).toEqual([`${START_MS}.mp4`, `${START_MS + 10_000}.mp4`, `${START_MS + 70_000}.mp4`])
    for (const name of await files()) {
      const startMs = Number(name.slice(0, -4))
      const facts = { cameraId: CAMERA, startMs, path: join(CAMERA, name) }
      const scanned = await scanSegment(join(folder, CAMERA, name), facts)
      const groups = events.filter((event) => event.kind === 'group' && event.startMs === startMs)
      expect(groups.map(({ kind: _kind, ...group }: RecordingEvent) => group)).toEqual(scanned?.gops)
      const { endMs, bytes } = scanned?.segment ?? fail()
      expect(events).toContainEqual({ kind: 'closed', cameraId: CAMERA, startMs, endMs, bytes })
      expect(scanned?.tornBytes).toBe(0)
    }
  })

  test('begins a new file when the camera does, and when it codes in another way', async () => {
    const made = recorder('always')
    feed(made, 0, 40)
    made.run()
    feed(made, 60, 40)
    const other = initSegment(0x1f)
    made.head({ init: other, track: readTrack(other) ?? fail() })
    feed(made, 120, 40)
    await made.stop()
    const names = await files()
    expect(names).toEqual([0, 6_000, 12_000].map((ms) => `${START_MS + ms}.mp4`))
    expect((await readFile(join(folder, CAMERA, names[2] ?? ''))).includes(other)).toBe(true)
  })

  test('writes nothing before a key frame', async () => {
    const made = recorder('always')
    feed(made, 5, 4)
    await made.stop()
    expect(await files()).toEqual([])
  })

  test('says so when the disk refuses, and goes on without throwing', async () => {
    await rm(folder, { recursive: true })
    const { writeFile } = await import('node:fs/promises')
    await writeFile(folder, 'not a folder')
    const made = recorder('always')
    feed(made, 0, 40)
    await made.stop()
    expect(events).toEqual([{ kind: 'fault', cameraId: CAMERA }])
  })
})

describe('a camera that is recorded on alarm', () => {
  test('keeps nothing without one', async () => {
    const made = recorder('alarm')
    feed(made, 0, 600)
    await made.stop()
    expect(await files()).toEqual([])
  })

  test('keeps thirty seconds before and a minute after, to the group', async () => {
    const made = recorder('alarm')
    feed(made, 0, 600)
    const alarmAtMs = START_MS + 60_000
    made.want(alarmAtMs - 30_000, alarmAtMs + 60_000)
    feed(made, 600, 1200)
    await made.stop()
    const groups = events.filter((event) => event.kind === 'group')
    expect(groups[0]?.wallMs).toBe(alarmAtMs - 30_000)
    expect(groups.at(-1)?.wallMs).toBe(alarmAtMs + 60_000)
    expect(events.filter(({ kind }) => kind === 'closed').length).toBe((await files()).length)
  })

  test('a second alarm makes it longer, and keeps nothing twice', async () => {
    const made = recorder('alarm')
    feed(made, 0, 600)
    made.want(START_MS + 50_000, START_MS + 80_000)
    feed(made, 600, 100)
    made.want(START_MS + 40_000, START_MS + 100_000)
    feed(made, 700, 600)
    await made.stop()
    const walls = events.filter((event) => event.kind === 'group').map(({ wallMs }) => wallMs)
    expect(new Set(walls).size).toBe(walls.length)
    expect(walls.at(-1)).toBe(START_MS + 100_000)
  })
})
