import { mkdir, open, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Bytes are handed to the disk this often: a crash of this process loses less than that, and a camera costs four writes a second. */
const FLUSH_MS = 250
/** A disk this far behind is no disk to record on. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

/** Appends to one recording file, in order, without ever waiting for the disk. */
export class SegmentFile {
  readonly #opened: Promise<FileHandle | null>
  readonly #onFault: () => void
  #waiting: { bytes: Buffer; written: (() => void) | null }[] = []
  #waitingBytes = 0
  #timer: NodeJS.Timeout | null = null
  #work: Promise<void> = Promise.resolve()
  #isFaulty = false

  /** @param onFault called once when the disk refuses or falls behind; nothing is written after it */
  constructor(path: string, onFault: () => void) {
    this.#onFault = onFault
    this.#opened = this.#open(path)
  }

  /** Takes bytes for the end of the file; `written` runs when they, and all before them, are in the file. */
  append(bytes: Buffer, written: (() => void) | null): void {
    if (this.#isFaulty) return
    this.#waiting.push({ bytes, written })
    this.#waitingBytes += bytes.length
    if (this.#waitingBytes > MAX_WAITING_BYTES) this.#fault()
    this.#timer ??= setTimeout(() => this.#flush(), FLUSH_MS)
  }

  /** Writes what waits and closes the file, on the disk itself; `closed` runs after that unless the disk refused. Resolves when all is done. */
  close(closed: () => void): Promise<void> {
    this.#flush()
    this.#work = this.#work.then(async () => {
      const file = await this.#opened
      if (file === null) return
      try {
        if (!this.#isFaulty) await file.datasync()
        await file.close()
      } catch {
        this.#fault()
      }
      if (!this.#isFaulty) closed()
    })
    return this.#work
  }

  async #open(path: string): Promise<FileHandle | null> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 })
      // Never over an older recording of the same instant.
      return await open(path, 'wx', 0o600)
    } catch {
      this.#fault()
      return null
    }
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const batch = this.#waiting
    const size = this.#waitingBytes
    this.#waiting = []
    if (batch.length === 0) return
    this.#work = this.#work.then(async () => {
      const file = await this.#opened
      if (file === null || this.#isFaulty) return
      try {
        await file.appendFile(Buffer.concat(batch.map(({ bytes }) => bytes)))
      } catch {
        this.#fault()
        return
      } finally {
        this.#waitingBytes -= size
      }
      for (const { written } of batch) written?.()
    })
  }

  #fault(): void {
    if (this.#isFaulty) return
    this.#isFaulty = true
    this.#onFault()
  }
}
