import { parseInstant } from '../domain/field.ts'
import { decodeText } from './bytes.ts'
import { createChainCheck, equalBytes, GENESIS_HASH, hex, type Sha256 } from './chain.ts'
import { decodeChunk } from './chunk-codec.ts'
import { CHUNK_CLASSES } from './classes.ts'
import { bytesOfBase64, ed25519KeyOf } from './ed25519.ts'
import { decodeKeyframe } from './keyframe-codec.ts'
import {
  chunkPart,
  KEY_NAME,
  keyframePart,
  MANIFEST_NAME,
  manifestSchema,
  SIGNATURE_NAME,
  tailPart,
  type Manifest,
  type ManifestLink,
} from './manifest.ts'
import { viewerDataName, viewerDataScript } from './viewer-index.ts'

/** What a check needs of the machine that it runs on. */
export interface BundleTools {
  readonly sha256: Sha256
  /** Whether an Ed25519 signature of `data` is by the owner of a public key in PEM; false also for a key that is none. */
  readonly verifies: (keyPem: string, data: Uint8Array, signature: Uint8Array) => Promise<boolean> | boolean
  /** How many of the parts were compared. */
  readonly onProgress?: (done: number, of: number) => void
}

/** The files of a bundle, wherever they are; read one at a time. */
export interface BundleParts {
  readonly names: readonly string[]
  /** What a file says to be long, unpacked; undefined when there is none of this name. */
  size(name: string): number | undefined
  /** Null when a file that is there cannot be read. */
  read(name: string): Promise<Uint8Array | null>
}

/** What does not hold, closed; the first one found is named with its part. */
export const BUNDLE_FAULTS = [
  'bad_zip',
  'duplicate_part',
  'bad_key',
  'no_manifest',
  'bad_manifest',
  'bad_signature',
  'wrong_signer',
  'missing_part',
  'wrong_part',
  'unreadable_part',
  'extra_part',
  'broken_chain',
  'bad_history',
] as const
export type BundleFault = (typeof BUNDLE_FAULTS)[number]

export type BundleVerdict =
  /** `signed`: by the key that was given; otherwise the bundle is only known to be whole, whoever made it. */
  | { readonly ok: true; readonly signed: boolean; readonly manifest: Manifest }
  | { readonly ok: false; readonly code: BundleFault; readonly part: string; readonly message: string }

const fault = (code: BundleFault, part: string, message: string): BundleVerdict => ({ ok: false, code, part, message })

/** Those three are read before anything is known of them, so they are bounded: far above what this server writes. */
const MOST_BYTES: Readonly<Record<string, number>> = {
  [MANIFEST_NAME]: 64 * 2 ** 20,
  [SIGNATURE_NAME]: 4_096,
  [KEY_NAME]: 4_096,
}

/**
 * Checks a bundle's parts: the signature, each part by its hash, nothing missing and nothing beside, the chain, and that
 * the log in it can be read. No part is unpacked that is longer than the manifest says.
 * @param siteKeyPem the site's key, known from elsewhere; the bundle's own proves nothing of its maker
 */
export async function verifyBundle(parts: BundleParts, siteKeyPem: string | null, tools: BundleTools): Promise<BundleVerdict> {
  if (siteKeyPem !== null && ed25519KeyOf(siteKeyPem) === null)
    return fault('bad_key', '', 'what was given as the key of the site is not an Ed25519 public key')
  const head = await readHead(parts)
  if ('ok' in head) return head
  const { manifestBytes, signature, ownKey, manifest } = head
  if (siteKeyPem !== null && !(await tools.verifies(siteKeyPem, manifestBytes, signature))) {
    const byOwn = await tools.verifies(ownKey, manifestBytes, signature)
    return byOwn
      ? fault('wrong_signer', KEY_NAME, 'signed by another key than the one given')
      : fault('bad_signature', SIGNATURE_NAME, 'the signature does not fit the manifest: one of them was changed')
  }
  const different = (await compareParts(parts, manifest, tools)) ?? null
  if (different !== null) return different
  if (!(await tools.verifies(ownKey, manifestBytes, signature))) {
    return fault('bad_signature', SIGNATURE_NAME, 'the signature does not fit the manifest: one of them was changed')
  }
  return (
    (await checkChain(parts, manifest, tools.sha256)) ??
    (await checkHistory(parts, manifest)) ?? { ok: true, signed: siteKeyPem !== null, manifest }
  )
}

async function readHead(parts: BundleParts) {
  const read: Uint8Array[] = []
  for (const name of [MANIFEST_NAME, SIGNATURE_NAME, KEY_NAME]) {
    const size = parts.size(name)
    if (size === undefined)
      return fault(name === MANIFEST_NAME ? 'no_manifest' : 'missing_part', name, `the bundle has no ${name}`)
    if (size > (MOST_BYTES[name] ?? 0)) return fault('wrong_part', name, `${name} is far too long`)
    const bytes = await parts.read(name)
    if (bytes === null) return fault('unreadable_part', name, `${name} cannot be unpacked`)
    read.push(bytes)
  }
  const [manifestBytes = new Uint8Array(), signature = new Uint8Array(), ownKey = new Uint8Array()] = read
  const manifest = readManifest(manifestBytes)
  if (manifest === null) return fault('bad_manifest', MANIFEST_NAME, 'the manifest cannot be read')
  return {
    manifestBytes,
    manifest,
    signature: bytesOfBase64(textOf(signature)) ?? new Uint8Array(),
    ownKey: textOf(ownKey),
  }
}

function readManifest(bytes: Uint8Array): Manifest | null {
  try {
    const parsed = manifestSchema.safeParse(JSON.parse(decodeText(bytes)))
    return parsed.success ? parsed.data : null
  } catch {
    return null // Neither UTF-8 nor JSON.
  }
}

/** Every part of the manifest is there and as it says, and nothing else is. */
async function compareParts(parts: BundleParts, manifest: Manifest, tools: BundleTools): Promise<BundleVerdict | null> {
  const named = new Set([MANIFEST_NAME, SIGNATURE_NAME])
  for (const { name, bytes } of manifest.parts) {
    if (named.has(name)) return fault('bad_manifest', MANIFEST_NAME, `the manifest names ${name} twice`)
    named.add(name)
    const size = parts.size(name)
    if (size === undefined) return fault('missing_part', name, `${name} is missing`)
    if (size !== bytes) return fault('wrong_part', name, `${name} has ${size} bytes, not ${bytes}`)
  }
  const extra = parts.names.find((name) => !named.has(name))
  if (extra !== undefined) return fault('extra_part', extra, `${extra} is not in the manifest`)
  for (const [index, { name, sha256: stated }] of manifest.parts.entries()) {
    const part = await parts.read(name)
    if (part === null) return fault('unreadable_part', name, `${name} cannot be unpacked`)
    if (hex(tools.sha256(part)) !== stated) return fault('wrong_part', name, `${name} is not what was signed`)
    tools.onProgress?.(index + 1, manifest.parts.length)
  }
  return null
}

async function checkChain(parts: BundleParts, manifest: Manifest, sha256: Sha256): Promise<BundleVerdict | null> {
  const check = createChainCheck(sha256, manifest.chain[0]?.fromSeq === 1 ? { nextSeq: 1, previousHash: GENESIS_HASH } : null)
  for (const link of manifest.chain) {
    const { fromSeq } = link
    const bodies: (Uint8Array | null)[] = []
    for (const name of CHUNK_CLASSES) {
      const body = manifest.classes.includes(name) ? await parts.read(chunkPart(name, fromSeq)) : null
      if (body === null && manifest.classes.includes(name))
        return fault('missing_part', chunkPart(name, fromSeq), 'a chunk of the chain is missing')
      bodies.push(body)
    }
    const broken = check.next({
      ...link,
      previousHash: bytesOfHex(link.previousHash),
      hash: bytesOfHex(link.hash),
      bodyHashes: link.bodyHashes.map(bytesOfHex),
      bodies,
    })
    if (broken !== null)
      return fault('broken_chain', chunkPart('*', fromSeq), `the chain breaks at change ${fromSeq}: ${broken.code}`)
  }
  return null
}

/** The log in the bundle can be read, goes on from the keyframe without a gap to the end of the range, and is what its names say. */
async function checkHistory(parts: BundleParts, manifest: Manifest): Promise<BundleVerdict | null> {
  const { chain, classes, keyframeSeq, unsealedAfter, to } = manifest
  const firstNeeded = (keyframeSeq ?? 0) + 1
  const first = chain[0]
  if (first !== undefined && first.fromSeq > firstNeeded) return gap(firstNeeded)
  const sealedTo = chain.at(-1)?.toSeq ?? keyframeSeq ?? 0
  const endsBefore = (chain.at(-1)?.toMs ?? 0) < (parseInstant(to) ?? 0)
  if (unsealedAfter === null ? endsBefore : unsealedAfter !== sealedTo) return gap(sealedTo + 1)
  for (const chunkClass of classes) {
    const names = [
      ...(keyframeSeq === null ? [] : [{ name: keyframePart(chunkClass, keyframeSeq), link: null, keyframe: true }]),
      ...chain.map((link) => ({ name: chunkPart(chunkClass, link.fromSeq), link, keyframe: false })),
      ...(unsealedAfter === null ? [] : [{ name: tailPart(chunkClass, unsealedAfter), link: null, keyframe: false }]),
    ]
    for (const { name, link, keyframe } of names) {
      const part = await parts.read(name)
      if (part === null) return fault('missing_part', name, `${name} is missing`)
      if (!reads(part, chunkClass, keyframe ? keyframeSeq : null, link))
        return fault('bad_history', name, `${name} is not the log that it says it is`)
      const shown = viewerDataName(name)
      if (parts.size(shown) !== undefined && !(await showsPart(parts, name, part)))
        return fault('wrong_part', shown, `${shown} would show something else than ${name}`)
    }
  }
  return null
}

/** Whether the offline viewer is given the very bytes that are proven. */
async function showsPart(parts: BundleParts, name: string, part: Uint8Array): Promise<boolean> {
  const script = await parts.read(viewerDataName(name))
  const [before = '', after = ''] = viewerDataScript(name, '|').split('|')
  const text = script === null ? '' : textOf(script)
  if (!text.startsWith(before) || !text.endsWith(after)) return false
  const shown = bytesOfBase64(text.slice(before.length, text.length - after.length))
  return shown !== null && equalBytes(shown, part)
}

const gap = (fromSeq: number): BundleVerdict =>
  fault('broken_chain', chunkPart('*', fromSeq), `change ${fromSeq} and what follows is missing`)

function reads(part: Uint8Array, chunkClass: string, keyframeSeq: number | null, link: ManifestLink | null): boolean {
  try {
    if (keyframeSeq !== null) {
      const keyframe = decodeKeyframe(part)
      return keyframe.chunkClass === chunkClass && keyframe.seq === keyframeSeq
    }
    const chunk = decodeChunk(part)
    return chunk.chunkClass === chunkClass && (link === null || (chunk.fromSeq === link.fromSeq && chunk.toSeq === link.toSeq))
  } catch {
    return false // Told as bad_history with the part's name.
  }
}

function bytesOfHex(text: string): Uint8Array {
  return Uint8Array.from({ length: text.length / 2 }, (_, index) => Number.parseInt(text.slice(index * 2, index * 2 + 2), 16))
}

function textOf(bytes: Uint8Array): string {
  try {
    return decodeText(bytes)
  } catch {
    return '' // Not text: no key.
  }
}
