import { verifyBundle, type BundleParts, type BundleTools, type BundleVerdict } from './verify-bundle.ts'
import { readZipDirectory, readZipEntry, type ByteSource, type InflateRaw } from './zip-reader.ts'

export interface ZipTools extends BundleTools {
  readonly inflateRaw: InflateRaw
}

/** Checks a bundle as the zip file that it was handed out as; see {@link verifyBundle}. */
export async function verifyZip(source: ByteSource, siteKeyPem: string | null, tools: ZipTools): Promise<BundleVerdict> {
  const directory = await readZipDirectory(source)
  if (!directory.ok) return directory
  const { entries } = directory
  const parts: BundleParts = {
    names: [...entries.keys()],
    size: (name) => entries.get(name)?.bytes,
    async read(name) {
      const entry = entries.get(name)
      return entry === undefined ? null : readZipEntry(source, entry, tools.inflateRaw)
    },
  }
  return verifyBundle(parts, siteKeyPem, tools)
}
