import type { FileHandle } from 'node:fs/promises'
import { promisify } from 'node:util'
import { crc32, deflateRaw } from 'node:zlib'

const deflateRawAsync = promisify(deflateRaw)
/** What the plain zip format can count (APPNOTE 6.3.10); beyond it a bundle has to be cut. */
const MAX_BYTES = 0xffff_ffff
const MAX_ENTRIES = 0xffff
const VERSION = 20
const STORED = 0
const DEFLATED = 8
/** Names are UTF-8. */
const FLAGS = 0x0800
/** 1980-01-01, the zip format's zero: the time of making is in the manifest. */
const DOS_DATE = 0x21

/** The bundle is larger than a zip can be: ask for less. */
export class ZipTooLarge extends Error {
  readonly code = 'too_large'

  constructor() {
    super('more than a zip file can hold')
    this.name = 'ZipTooLarge'
  }
}

/** Writes a zip file from its beginning, a part at a time; compresses off this thread. */
export function createZipWriter(file: FileHandle) {
  const directory: Buffer[] = []
  let offset = 0

  async function write(bytes: Uint8Array): Promise<void> {
    if (offset + bytes.length > MAX_BYTES) throw new ZipTooLarge()
    await file.write(bytes)
    offset += bytes.length
  }

  return {
    async add(name: string, bytes: Uint8Array): Promise<void> {
      if (directory.length >= MAX_ENTRIES) throw new ZipTooLarge()
      // Video is compressed already.
      const stored = name.endsWith('.mp4')
      const packed = stored ? bytes : await deflateRawAsync(bytes, { level: 6 })
      const nameBytes = Buffer.from(name)
      const common = Buffer.alloc(26)
      common.writeUInt16LE(VERSION, 0)
      common.writeUInt16LE(FLAGS, 2)
      common.writeUInt16LE(stored ? STORED : DEFLATED, 4)
      common.writeUInt16LE(DOS_DATE, 8)
      common.writeUInt32LE(crc32(bytes), 10)
      common.writeUInt32LE(packed.length, 14)
      common.writeUInt32LE(bytes.length, 18)
      common.writeUInt16LE(nameBytes.length, 22)
      const tail = Buffer.alloc(14)
      tail.writeUInt32LE(offset, 10)
      directory.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, VERSION, 0]), common, tail, nameBytes]))
      await write(Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, nameBytes]))
      await write(packed)
    },
    async finish(): Promise<void> {
      const start = offset
      for (const entry of directory) await write(entry)
      const end = Buffer.alloc(22)
      end.writeUInt32LE(0x0605_4b50, 0)
      end.writeUInt16LE(directory.length, 8)
      end.writeUInt16LE(directory.length, 10)
      end.writeUInt32LE(offset - start, 12)
      end.writeUInt32LE(start, 16)
      await write(end)
    },
  }
}
