import { open } from 'node:fs/promises'
import { inflateRawSync } from 'node:zlib'

import { MANIFEST_NAME, manifestSchema } from '../../shared/history/manifest.ts'
import { readZipDirectory, readZipEntry } from '../../shared/history/zip-reader.ts'

/** What a finished bundle says of itself; instants as text. */
export interface EvidenceFacts {
  readonly from: string
  readonly to: string
  readonly madeAt: string
  readonly reason: string
  readonly bytes: number
}

/** Reads a bundle's manifest and nothing else of it; null for a file that is no bundle of this version. */
export async function readEvidenceFacts(path: string): Promise<EvidenceFacts | null> {
  const file = await open(path, 'r')
  try {
    const { size } = await file.stat()
    const source = {
      size,
      async read(from: number, length: number) {
        const bytes = new Uint8Array(length)
        const { bytesRead } = await file.read(bytes, 0, length, from)
        return bytes.subarray(0, bytesRead)
      },
    }
    const directory = await readZipDirectory(source)
    const entry = directory.ok ? directory.entries.get(MANIFEST_NAME) : undefined
    if (entry === undefined) return null
    const bytes = await readZipEntry(source, entry, (packed, length) =>
      inflateRawSync(packed, { maxOutputLength: Math.max(1, length) }),
    )
    if (bytes === null) return null
    const parsed = manifestSchema.safeParse(JSON.parse(Buffer.from(bytes).toString()))
    if (!parsed.success) return null
    const { from, to, madeAt, reason } = parsed.data
    return { from, to, madeAt, reason, bytes: size }
  } finally {
    await file.close()
  }
}
