import { open, readdir, realpath, type FileHandle } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'

import { answer, problem, type Answer } from './route.ts'

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.geojson': 'application/geo+json; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.webmanifest': 'application/manifest+json',
  '.mp3': 'audio/mpeg',
  '.wav': 'audio/wav',
  '.wasm': 'application/wasm',
  '.pbf': 'application/x-protobuf',
  '.pmtiles': 'application/vnd.pmtiles',
}
const COMPRESSED = new Set(['.html', '.js', '.mjs', '.css', '.json', '.geojson', '.csv', '.svg'])
/** Below this gzip saves less than a packet. */
const MIN_COMPRESSED_BYTES = 2_048
/** Above this a file is streamed as it is: compressing it would hold it in memory. */
const MAX_COMPRESSED_BYTES = 16 * 1024 * 1024
/** Compressed files kept: a client's build has a few dozen. */
const MAX_KEPT = 100

// A segment starts with a letter, digit, `_` or `@`, so neither `..` nor a hidden file can be named.
const SEGMENT = /^[\p{L}\p{N}_@][\p{L}\p{N}_@+. ()-]{0,199}$/u

interface FileRequest {
  readonly headers: {
    readonly range?: string | undefined
    readonly 'if-none-match'?: string | undefined
    readonly 'accept-encoding'?: string | undefined
  }
}

/** Serves files below one folder, with Range and ETag; never anything outside, also not by symbolic links. */
export interface Files {
  /** @param path below the folder, decoded, with `/`; `not_found` for whatever is not a plain file there */
  serve(path: string, request: FileRequest, cacheControl: string): Promise<Answer>
  /** The names of the plain files in the folder itself, in order; none when there is no folder. */
  list(): Promise<readonly string[]>
}

export function createFiles(root: string): Files {
  const kept = new Map<string, Buffer>()

  async function find(path: string): Promise<string | null> {
    const segments = path.split('/')
    if (segments.length > 12 || !segments.every((segment) => SEGMENT.test(segment))) return null
    try {
      const base = await realpath(root)
      const file = await realpath(join(base, ...segments))
      return file.startsWith(base + sep) ? file : null
    } catch {
      return null // Not there, or not readable: the same to whoever asks.
    }
  }

  async function compressed(file: FileHandle, etag: string): Promise<Buffer> {
    const found = kept.get(etag)
    if (found !== undefined) return found
    const bytes = await promisify(gzip)(await file.readFile())
    kept.set(etag, bytes)
    if (kept.size > MAX_KEPT) kept.delete(kept.keys().next().value ?? etag)
    return bytes
  }

  return {
    async list() {
      const entries = await readdir(root, { withFileTypes: true }).catch(() => [])
      return entries.flatMap((entry) => (entry.isFile() && SEGMENT.test(entry.name) ? [entry.name] : [])).toSorted()
    },
    async serve(path, { headers }, cacheControl) {
      const missing = problem('not_found', 'no such file')
      const found = await find(path)
      const file = found === null ? null : await open(found, 'r').catch(() => null)
      if (file === null) return missing
      let handedOver = false
      try {
        const { size, mtimeMs, ino, isFile } = await statOf(file)
        if (!isFile) return missing
        const extension = extname(path).toLowerCase()
        const etag = `"${ino.toString(36)}-${size.toString(36)}-${Math.floor(mtimeMs).toString(36)}"`
        const common = {
          'Content-Type': TYPES[extension] ?? 'application/octet-stream',
          'Cache-Control': cacheControl,
          ETag: etag,
          'Accept-Ranges': 'bytes',
          ...(COMPRESSED.has(extension) ? { Vary: 'Accept-Encoding' } : {}),
        }
        if (headers['if-none-match'] === etag) return answer(Buffer.alloc(0), { status: 304, headers: common })
        const range = headers.range === undefined ? null : readRange(headers.range, size)
        if (range === 'bad') {
          return { ...problem('bad_range', 'no such range'), headers: { 'Content-Range': `bytes */${size}` } }
        }
        const compresses = COMPRESSED.has(extension) && size >= MIN_COMPRESSED_BYTES && size <= MAX_COMPRESSED_BYTES
        if (range === null && compresses && /\bgzip\b/.test(headers['accept-encoding'] ?? '')) {
          return answer(await compressed(file, `${found} ${etag}`), { headers: { ...common, 'Content-Encoding': 'gzip' } })
        }
        if (size === 0) return answer(Buffer.alloc(0), { headers: common })
        const { start, end } = range ?? { start: 0, end: size - 1 }
        const stream = file.createReadStream({ start, end, autoClose: true })
        handedOver = true
        const length = { 'Content-Length': String(end - start + 1) }
        if (range === null) return answer(stream, { headers: { ...common, ...length } })
        return answer(stream, {
          status: 206,
          headers: { ...common, ...length, 'Content-Range': `bytes ${start}-${end}/${size}` },
        })
      } finally {
        if (!handedOver) await file.close()
      }
    },
  }
}

async function statOf(file: FileHandle) {
  const stat = await file.stat()
  return { size: stat.size, mtimeMs: stat.mtimeMs, ino: stat.ino, isFile: stat.isFile() }
}

/** The one range of a Range header; null to send everything (several ranges, or a form that is not ours), `bad` beyond the end. */
export function readRange(header: string, size: number): { start: number; end: number } | 'bad' | null {
  const [, from, to] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header.trim()) ?? []
  if (from === undefined || to === undefined || (from === '' && to === '')) return null
  const start = from === '' ? Math.max(0, size - Number(to)) : Number(from)
  const end = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (from === '' && Number(to) === 0) return 'bad'
  if (from !== '' && to !== '' && Number(to) < start) return null
  return start >= size ? 'bad' : { start, end }
}
