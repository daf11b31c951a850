import { randomFillSync } from 'node:crypto'
import { rmSync } from 'node:fs'
import { open, stat, statfs } from 'node:fs/promises'
import path from 'node:path'

import { SqliteFailure } from '../database/sqlite-thread.ts'
import { JournalFull } from './journal-errors.ts'

/**
 * Room on the disk that is kept for the journal. A file of `bytes` holds it, so that whoever fills the disk cannot take
 * it; recording stops while less than that is free beside it. When next to nothing is left, or a commit fails for want of
 * room, the file is given up, so that what must still be written (an audit line, a checkpoint) has its room.
 */
export interface DiskReserve {
  /** @throws JournalFull while there is too little room */
  check(): Promise<void>
  /** What to throw for a failed commit: JournalFull when it failed for want of room, otherwise the cause itself. */
  explain(cause: unknown): Promise<unknown>
}

/** While there is room, the disk is asked at most this often; commits come many times a second. */
const LOOK_EVERY_MS = 250
const BLOCK_BYTES = 1 << 20
// https://sqlite.org/rescode.html: SQLITE_FULL, and the I/O errors that a full disk can show itself as.
const SQLITE_FULL = 13
const SQLITE_IOERR_SHMSIZE = 4_874
const SQLITE_IOERR = 10
const POSTGRES_DISK_FULL = '53100'

/** Makes the reserve in a folder; with 0 bytes there is none, and only failed commits tell that the disk is full. */
export async function openDiskReserve(dataDir: string, bytes: number): Promise<DiskReserve> {
  const file = path.join(dataDir, 'journal.reserve')
  let held = false
  let lookedAt = -Infinity

  const freeBytes = async (): Promise<number> => {
    const { bavail, bsize } = await statfs(dataDir)
    return bavail * bsize
  }
  /** Whether all of the room is there. When the file was given up, twice as much must be free to begin again. */
  const hasRoom = async (): Promise<boolean> => {
    const free = await freeBytes()
    if (free < (held ? bytes : bytes * 2)) {
      if (held && free < bytes / 2) giveUp()
      return false
    }
    held ||= await allocate(file, bytes)
    return held
  }
  const giveUp = (): void => {
    held = false
    rmSync(file, { force: true })
  }

  held = bytes === 0 || (await isAllocated(file, bytes))
  return {
    async check() {
      if (bytes === 0 || performance.now() - lookedAt < LOOK_EVERY_MS) return
      if (!(await hasRoom())) {
        lookedAt = -Infinity
        throw new JournalFull()
      }
      lookedAt = performance.now()
    },
    async explain(cause) {
      lookedAt = -Infinity
      if (!saysFull(cause) && !(isIoFault(cause) && (await freeBytes()) < bytes)) return cause
      if (bytes > 0) giveUp()
      return new JournalFull({ cause })
    },
  }
}

function saysFull(cause: unknown): boolean {
  if (cause instanceof SqliteFailure) return cause.errcode === SQLITE_FULL || cause.errcode === SQLITE_IOERR_SHMSIZE
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null
  return code === 'ENOSPC' || code === POSTGRES_DISK_FULL
}

function isIoFault(cause: unknown): boolean {
  return cause instanceof SqliteFailure && cause.errcode !== null && (cause.errcode & 0xff) === SQLITE_IOERR
}

async function isAllocated(file: string, bytes: number): Promise<boolean> {
  try {
    return (await stat(file)).size === bytes
  } catch {
    return false // Not there yet: made at the first look, when there is room for it.
  }
}

/** Writes the file in full: a hole holds no room, and zeros may be compressed away. False when the disk became full. */
async function allocate(file: string, bytes: number): Promise<boolean> {
  const block = randomFillSync(new Uint8Array(Math.min(BLOCK_BYTES, bytes)))
  try {
    const handle = await open(file, 'w', 0o600)
    try {
      for (let written = 0; written < bytes; written += block.length) {
        await handle.write(block, 0, Math.min(block.length, bytes - written))
      }
      await handle.sync()
    } finally {
      await handle.close()
    }
    return true
  } catch (cause) {
    rmSync(file, { force: true })
    if (saysFull(cause)) return false
    throw cause
  }
}
