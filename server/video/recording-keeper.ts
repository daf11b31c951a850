import { statfs, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordingEvent } from './recording-events.ts'
import type { Gop, RecordingIndex, Segment } from './recording-index.ts'

export interface RecordingKeeperOptions {
  readonly index: RecordingIndex
  /** Folder of all recordings. */
  readonly folder: string
  /** How long each registered camera's recordings are kept; those of others follow `otherDays`. */
  readonly retention: () => Promise<ReadonlyMap<string, number>>
  readonly otherDays: number
  /** Free bytes below which the oldest recording goes, whatever its retention, unless it is held. */
  readonly floorBytes: number
  /** Free bytes of the disk; the operating system's word when left out. */
  readonly freeBytes?: (folder: string) => Promise<number>
  readonly now: () => number
  readonly log: (line: string) => void
  /** Writes a deletion into the audit register before it happens: what it rejects is not deleted. Left out: no register. */
  readonly recordDeletion?: (deletion: RecordingDeletion) => Promise<void>
  /** The floor was reached: recordings go before their time, or nothing may go at all. */
  readonly onFloor: (state: { readonly freed: number; readonly isStuck: boolean }) => void
}

/** Files of one camera that are deleted together, and why. */
export interface RecordingDeletion {
  readonly cameraId: string
  readonly files: number
  readonly bytes: number
  readonly fromMs: number
  readonly toMs: number
  readonly why: 'retention' | 'floor'
  /** The camera's retention where it was that. */
  readonly keptDays: number | null
}

/** Rows are written this often at most: sixty-four cameras make thirty-two groups a second. */
const WRITE_MS = 500
const SWEEP_MS = 60_000
/** Retention is looked at once an hour: a row of the register for each camera and hour, not for each minute of film. */
const OLD_SWEEP_MS = 3_600_000
const DAY_MS = 86_400_000
/** Files deleted in one transaction. */
const BATCH = 50

/** Writes what the recorders did into the index, and deletes what has had its time. Nothing is deleted without a line in the log. */
export class RecordingKeeper {
  readonly #options: RecordingKeeperOptions
  readonly #open = new Map<string, Segment>()
  #segments = new Map<string, Segment>()
  #gops: Gop[] = []
  #timer: NodeJS.Timeout | null = null
  #sweeper: NodeJS.Timeout | null = null
  #work: Promise<void> = Promise.resolve()
  #oldSweptAtMs: number | null = null
  /** Deletions that the register has not taken yet. */
  #unrecorded: RecordingDeletion[] = []

  constructor(options: RecordingKeeperOptions) {
    this.#options = options
  }

  start(): void {
    this.#sweeper = setInterval(() => void this.#sweepDue(), SWEEP_MS)
  }

  /** Writes what waits; resolves when it is in the database. */
  async stop(): Promise<void> {
    if (this.#sweeper !== null) clearInterval(this.#sweeper)
    await this.flush()
  }

  /** Takes one event of a recorder. */
  heard(event: RecordingEvent): void {
    const key = event.kind === 'fault' ? '' : `${event.cameraId}/${event.startMs}`
    switch (event.kind) {
      case 'opened': {
        const { kind: _kind, ...facts } = event
        this.#set(key, { ...facts, endMs: event.startMs, bytes: event.initBytes, closed: false })
        break
      }
      case 'group': {
        const { cameraId, startMs, wallMs, decodeTime, offset } = event
        this.#gops.push({ cameraId, startMs, wallMs, decodeTime, offset })
        const segment = this.#open.get(key)
        if (segment !== undefined) this.#set(key, { ...segment, endMs: Math.max(segment.endMs, wallMs), bytes: offset })
        break
      }
      case 'closed': {
        const segment = this.#open.get(key)
        if (segment !== undefined) this.#set(key, { ...segment, endMs: event.endMs, bytes: event.bytes, closed: true })
        this.#open.delete(key)
        break
      }
      case 'fault':
        this.#options.log(`camera ${event.cameraId}: the disk refused a recording`)
        return
    }
    this.#timer ??= setTimeout(() => void this.flush(), WRITE_MS)
  }

  /** Writes what waits now; resolves when it is in the database. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const changes = { segments: [...this.#segments.values()], gops: this.#gops }
    this.#segments = new Map()
    this.#gops = []
    this.#work = this.#work.then(() => this.#write(changes))
    await this.#work
  }

  /** Deletes what is past its retention, then what the disk's floor asks for. */
  async sweep(): Promise<void> {
    this.#oldSweptAtMs = null
    await this.#sweepDue()
  }

  async #sweepDue(): Promise<void> {
    const now = this.#options.now()
    try {
      await this.#record().catch(() => undefined)
      if (this.#oldSweptAtMs === null || now - this.#oldSweptAtMs >= OLD_SWEEP_MS) {
        await this.#sweepOld()
        this.#oldSweptAtMs = now
      }
      await this.#sweepFloor()
    } catch (error) {
      this.#options.log(`recordings were not swept: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  }

  #set(key: string, segment: Segment): void {
    this.#open.set(key, segment)
    this.#segments.set(key, segment)
  }

  async #write(changes: { segments: readonly Segment[]; gops: readonly Gop[] }): Promise<void> {
    if (changes.segments.length === 0 && changes.gops.length === 0) return
    try {
      await this.#options.index.write(changes)
    } catch (error) {
      // The files are whole; the next start finds them by their names.
      this.#options.log(`the index of recordings was not written: ${error instanceof Error ? error.message : 'unknown'}`)
    }
  }

  async #sweepOld(): Promise<void> {
    const { index, retention, otherDays, now } = this.#options
    const days = await retention()
    for (const cameraId of await index.cameras()) {
      const keptDays = days.get(cameraId) ?? otherDays
      for (;;) {
        const old = await index.expired(cameraId, now() - keptDays * DAY_MS, BATCH)
        if ((await this.#delete(old, 'retention', keptDays)) < BATCH) break
      }
    }
  }

  async #sweepFloor(): Promise<void> {
    const { index, folder, floorBytes, onFloor, freeBytes = freeOnDisk } = this.#options
    let freed = 0
    while ((await freeBytes(folder)) < floorBytes) {
      const oldest = await index.oldest(BATCH)
      if (oldest.length === 0) {
        onFloor({ freed, isStuck: true })
        return
      }
      const gone = await this.#delete(oldest, 'floor', null)
      freed += gone
      if (gone === 0) {
        onFloor({ freed, isStuck: true })
        return
      }
    }
    if (freed > 0) onFloor({ freed, isStuck: false })
  }

  async #record(): Promise<void> {
    for (let next = this.#unrecorded[0]; next !== undefined; next = this.#unrecorded[0]) {
      await this.#options.recordDeletion?.(next)
      this.#unrecorded.shift()
    }
  }

  /** Null: it is held. A disk so full that no row can be deleted takes no new hold either: then what is free may go first. */
  async #claim(
    segment: Segment,
    why: RecordingDeletion['why'],
  ): Promise<{ readonly gops: readonly Gop[] | null; readonly isForgotten: boolean }> {
    const { index } = this.#options
    try {
      return { gops: await index.claim(segment), isForgotten: true }
    } catch (error) {
      const free = why === 'floor' && (await index.oldest(BATCH)).some(({ path }) => path === segment.path)
      if (!free) throw error
      return { gops: [], isForgotten: false }
    }
  }

  async #delete(segments: readonly Segment[], why: RecordingDeletion['why'], keptDays: number | null): Promise<number> {
    const { index, folder, log } = this.#options
    const words = why === 'floor' ? 'the disk reached its floor' : `older than ${keptDays} days`
    for (const deletion of deletionsOf(segments, why, keptDays)) this.#unrecorded.push(deletion)
    try {
      await this.#record()
    } catch (error) {
      // A disk so full that it takes no row is helped by the deletion alone; its rows are written as soon as there is room.
      if (why !== 'floor') {
        this.#unrecorded = []
        throw error
      }
      log('the audit register has no room for what the floor deletes; it is written when there is')
    }
    let gone = 0
    for (const segment of segments) {
      const { gops, isForgotten } = await this.#claim(segment, why)
      if (gops === null) continue // Held since it was looked up.
      try {
        await unlink(join(folder, segment.path))
      } catch (error) {
        if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
          log(`recording ${segment.path} could not be deleted`)
          await index.write({ segments: [segment], gops })
          continue
        }
      }
      if (!isForgotten) await index.claim(segment).catch(() => log(`recording ${segment.path} is gone, its row is not`))
      gone += 1
      log(`recording ${segment.path} deleted: ${words}`)
    }
    return gone
  }
}

function deletionsOf(segments: readonly Segment[], why: RecordingDeletion['why'], keptDays: number | null): RecordingDeletion[] {
  return [...Map.groupBy(segments, ({ cameraId }) => cameraId)].map(([cameraId, mine]) => ({
    cameraId,
    files: mine.length,
    bytes: mine.reduce((sum, { bytes }) => sum + bytes, 0),
    fromMs: Math.min(...mine.map(({ startMs }) => startMs)),
    toMs: Math.max(...mine.map(({ endMs }) => endMs)),
    why,
    keptDays,
  }))
}

async function freeOnDisk(folder: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return bavail * bsize
  } catch {
    // The folder is made with the first recording; until then nothing needs to go.
    return Infinity
  }
}
