import { open, rename, rm } from 'node:fs/promises'
import { promisify } from 'node:util'
import { zstdDecompress } from 'node:zlib'

import { formatInstant } from '../../shared/domain/field.ts'
import type { LayerName } from '../../shared/domain/layers.ts'
import { hex } from '../../shared/history/chain.ts'
import { CHUNK_CLASSES, classOf, type ChunkClass } from '../../shared/history/classes.ts'
import {
  chunkPart,
  KEY_NAME,
  keyframePart,
  MANIFEST_NAME,
  SIGNATURE_NAME,
  SUMS_NAME,
  tailPart,
  type Manifest,
} from '../../shared/history/manifest.ts'
import { VIDEO_INDEX_NAME, videoIndexSchema, type ViewerIndex } from '../../shared/history/viewer-index.ts'
import { chunkBody, chunkLinks, firstKnownSeq, keyframeBody, keyframesAround, type StoredBody } from '../database/history.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { ChangeLog } from '../journal/change-log.ts'
import { nodeSha256 } from '../journal/sealed-codec.ts'
import { BEAT_MS, lifetimesAround } from '../journal/lifetimes.ts'
import { evidenceReadme } from './evidence-readme.ts'
import { viewerData, viewerParts, type ViewerFiles } from './evidence-viewer.ts'
import type { SiteKey } from './site-key.ts'
import { createZipWriter } from './zip-writer.ts'

const zstdDecompressAsync = promisify(zstdDecompress)
/** Changes of the case that go into its record. */
const MAX_CASE_CHANGES = 5_000

/** What is asked for; times are UTC milliseconds of `recordedAt`. */
export interface EvidenceRequest {
  readonly fromMs: number
  readonly toMs: number
  readonly layers: readonly LayerName[]
  readonly cameras: readonly string[]
  readonly caseId: string | null
  readonly reason: string
}

/** A file that somebody else adds, such as a piece of a recording. */
export interface ExtraPart {
  readonly name: string
  readonly bytes: Uint8Array
}

export interface BundleSources {
  readonly handle: DatabaseHandle
  readonly log: ChangeLog
  readonly key: SiteKey
  /** Recordings of the cameras in the range, a file at a time. */
  readonly extras: (request: EvidenceRequest) => AsyncIterable<ExtraPart>
  /** The offline viewer; null: bundles are made without one. */
  readonly viewer: ViewerFiles | null
  /** The still geography for the viewer; null while there is none. */
  readonly site: () => ViewerIndex['site']
}

export interface BundleJob {
  readonly id: string
  readonly request: EvidenceRequest
  readonly madeAtMs: number
  readonly signal: AbortSignal
  /** From 0 to 1. */
  readonly onProgress: (done: number) => void
}

/** Writes a whole bundle to `target`, which appears only when it is complete. */
export async function writeBundle(sources: BundleSources, job: BundleJob, target: string): Promise<void> {
  const unfinished = `${target}.partial`
  try {
    const file = await open(unfinished, 'w', 0o600)
    try {
      await fillBundle(sources, job, createZipWriter(file))
      await file.sync()
    } finally {
      await file.close()
    }
    job.signal.throwIfAborted()
    await rename(unfinished, target)
  } finally {
    await rm(unfinished, { force: true })
  }
}

async function fillBundle(sources: BundleSources, job: BundleJob, zip: ReturnType<typeof createZipWriter>): Promise<void> {
  const { handle, log, key } = sources
  const { request, signal } = job
  const { db } = handle
  await log.seal() // What fills a chunk is proven by the chain; only the rest is not.
  const classes = CHUNK_CLASSES.filter((name) => request.layers.some((layer) => classOf(layer) === name))
  const around = await keyframesAround(db, request.fromMs, request.fromMs)
  const floor = around.find(({ recordedAt }) => recordedAt <= request.fromMs)
  // Where the beginning was trimmed, the bundle begins with what there is, and says so.
  const late = floor === undefined && (await firstKnownSeq(db)) > 1 ? around[0] : undefined
  const keyframeSeq = (floor ?? late)?.seq ?? null
  const links = await chunkLinks(db, keyframeSeq ?? 0, request.toMs)
  const last = links.at(-1)
  const unsealedAfter = last === undefined || request.toMs > last.toMs ? (last?.toSeq ?? keyframeSeq ?? 0) : null
  const parts: Manifest['parts'] = []
  const steps = classes.length * (links.length + 2) * (sources.viewer === null ? 1 : 2) + 1
  let videos: ViewerIndex['videos'] = []

  const add = async (name: string, bytes: Uint8Array): Promise<void> => {
    signal.throwIfAborted()
    await zip.add(name, bytes)
    parts.push({ name, bytes: bytes.length, sha256: hex(nodeSha256(bytes)) })
    job.onProgress(Math.min(0.99, parts.length / steps))
  }

  const addLog = async (name: string, bytes: Uint8Array): Promise<void> => {
    await add(name, bytes)
    if (sources.viewer === null) return
    const data = viewerData(name, bytes)
    await add(data.name, data.bytes)
  }

  for (const chunkClass of classes) {
    const index = CHUNK_CLASSES.indexOf(chunkClass)
    if (keyframeSeq !== null)
      await addLog(keyframePart(chunkClass, keyframeSeq), await opened(keyframeBody(db, keyframeSeq, index)))
    for (const { fromSeq } of links) await addLog(chunkPart(chunkClass, fromSeq), await opened(chunkBody(db, fromSeq, index)))
    if (unsealedAfter !== null) await addLog(tailPart(chunkClass, unsealedAfter), await unsealed(log, unsealedAfter, chunkClass))
  }
  if (request.caseId !== null) await add('case.json', await caseRecord(log, request.caseId, request.toMs))
  for await (const { name, bytes } of sources.extras(request)) {
    await add(name, bytes)
    if (name === VIDEO_INDEX_NAME) videos = videoIndexSchema.parse(JSON.parse(Buffer.from(bytes).toString()))
  }

  const manifest: Omit<Manifest, 'parts'> = {
    format: 'community-lookout-evidence',
    version: 1,
    id: job.id,
    epoch: log.epoch,
    from: formatInstant(request.fromMs),
    to: formatInstant(request.toMs),
    madeAt: formatInstant(job.madeAtMs),
    layers: [...request.layers],
    classes,
    cameras: [...request.cameras],
    caseId: request.caseId,
    reason: request.reason,
    keyframeSeq,
    logFrom: late === undefined ? null : formatInstant(late.recordedAt),
    chain: links.map(({ codec, fromSeq, toSeq, fromMs, toMs, previousHash, hash, bodyHashes }) => ({
      codec,
      fromSeq,
      toSeq,
      fromMs,
      toMs,
      previousHash: hex(previousHash),
      hash: hex(hash),
      bodyHashes: bodyHashes.map(hex),
    })),
    unsealedAfter,
  }
  if (sources.viewer !== null) {
    const lives = await lifetimesAround(db, request.fromMs, request.toMs)
    const index: ViewerIndex = {
      format: 'community-lookout-viewer',
      version: 1,
      from: manifest.from,
      to: manifest.to,
      madeAt: manifest.madeAt,
      reason: manifest.reason,
      caseId: manifest.caseId,
      classes,
      keyframeSeq,
      logFrom: manifest.logFrom,
      chunks: links.map(({ fromSeq, toSeq, fromMs, toMs }) => ({ fromSeq, toSeq, fromMs, toMs })),
      unsealedAfter,
      // The present life goes on until now: what it told last is a few seconds old.
      lifetimes: lives.map(({ startedAt, lastAliveAt, stopped }) => ({
        fromMs: startedAt,
        toMs: stopped === 0 && job.madeAtMs - lastAliveAt < 2 * BEAT_MS ? job.madeAtMs : lastAliveAt,
      })),
      videos,
      site: sources.site(),
    }
    for (const { name, bytes } of viewerParts(sources.viewer, index)) await add(name, bytes)
  }
  await add('README.txt', Buffer.from(evidenceReadme(manifest, sources.viewer !== null)))
  await add(KEY_NAME, Buffer.from(key.publicPem))
  await add(SUMS_NAME, Buffer.from(parts.map(({ name, sha256 }) => `${sha256}  ${name}\n`).join('')))
  const manifestBytes = Buffer.from(JSON.stringify({ ...manifest, parts }, null, 1))
  await zip.add(MANIFEST_NAME, manifestBytes)
  await zip.add(SIGNATURE_NAME, Buffer.from(key.sign(manifestBytes)))
  await zip.finish()
}

async function opened(found: Promise<StoredBody | undefined>): Promise<Uint8Array> {
  const stored = await found
  if (stored === undefined) throw new Error('a part of the log was trimmed while it was being exported')
  return zstdDecompressAsync(stored.body, { maxOutputLength: Math.max(1, stored.bytes) })
}

async function unsealed(log: ChangeLog, afterSeq: number, chunkClass: ChunkClass): Promise<Uint8Array> {
  const tail = await log.tail(afterSeq, chunkClass)
  if (tail === null) throw new Error('a part of the log was trimmed while it was being exported')
  return tail
}

/** Every step of the case up to the end of the range, for reading without any tool. */
async function caseRecord(log: ChangeLog, id: string, toMs: number): Promise<Uint8Array> {
  const { changes } = await log.history({ layer: 'cases', id, fromMs: 0, toMs, limit: MAX_CASE_CHANGES })
  const steps = changes.map(({ seq, recordedAt, observedAt, op, fields }) => ({
    seq,
    recordedAt: formatInstant(recordedAt),
    observedAt: formatInstant(observedAt),
    op,
    fields,
  }))
  return Buffer.from(JSON.stringify({ id, steps }, null, 1))
}
