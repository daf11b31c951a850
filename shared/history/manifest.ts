import { z } from 'zod'

import { parseInstant } from '../domain/field.ts'
import { LAYERS } from '../domain/layers.ts'
import { CHUNK_CLASSES } from './classes.ts'

/** Names of the parts that every bundle has. */
export const MANIFEST_NAME = 'manifest.json'
export const SIGNATURE_NAME = 'manifest.sig'
export const KEY_NAME = 'site.pub'
/** For `sha256sum -c`: the manifest says the same, signed. */
export const SUMS_NAME = 'SHA256SUMS'

/** More parts than any bundle that this server makes. */
const MAX_PARTS = 100_000

const hash = z.string().regex(/^[0-9a-f]{64}$/)
const seq = z.number().int().min(0)
const ms = z.number().int().min(0)
const instant = z.string().refine((text) => parseInstant(text) !== null)
/** Relative, without dots at the beginning of a step: a bundle never writes beside its folder. */
const partName = z
  .string()
  .regex(/^(?:[A-Za-z0-9_-][A-Za-z0-9._-]*\/){0,4}[A-Za-z0-9_-][A-Za-z0-9._-]*$/)
  .max(200)

const linkSchema = z.strictObject({
  codec: z.number().int().min(1),
  fromSeq: seq,
  toSeq: seq,
  fromMs: ms,
  toMs: ms,
  previousHash: hash,
  hash,
  /** Of the body of each class, in their order, also of those that were left out. */
  bodyHashes: z.array(hash).min(1).max(16),
})
export type ManifestLink = z.output<typeof linkSchema>

/** What a bundle says of itself. Its bytes are what the site's key signs; every other part is in it by its hash. */
export const manifestSchema = z.strictObject({
  format: z.literal('community-lookout-evidence'),
  version: z.literal(1),
  id: z.string().max(64),
  epoch: z.string().max(64),
  from: instant,
  to: instant,
  madeAt: instant,
  /** Layers asked for; a class comes as a whole, because it is a class that the chain proves. */
  layers: z.array(z.enum(LAYERS)),
  classes: z.array(z.enum(CHUNK_CLASSES)),
  cameras: z.array(z.string().max(64)),
  caseId: z.string().max(64).nullable(),
  reason: z.string().max(500),
  /** The keyframe that a replay of the bundle begins with; null when it begins with the log. */
  keyframeSeq: seq.nullable(),
  /** The first instant that there is, when what came before in the range was trimmed; null when the range is whole. */
  logFrom: instant.nullable(),
  /** Every sealed chunk of the range, without a gap. */
  chain: z.array(linkSchema).max(MAX_PARTS),
  /** What was not sealed yet when the bundle was made: signed, but not in the chain. */
  unsealedAfter: seq.nullable(),
  parts: z.array(z.strictObject({ name: partName, bytes: z.number().int().min(0), sha256: hash })).max(MAX_PARTS),
})
export type Manifest = z.output<typeof manifestSchema>

export const keyframePart = (chunkClass: string, keyframeSeq: number): string => `log/keyframe-${chunkClass}-${keyframeSeq}.bin`
export const chunkPart = (chunkClass: string, fromSeq: number): string => `log/chunk-${chunkClass}-${fromSeq}.bin`
export const tailPart = (chunkClass: string, afterSeq: number): string => `log/unsealed-${chunkClass}-${afterSeq}.bin`
