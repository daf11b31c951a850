import { ByteWriter } from './bytes.ts'

/** SHA-256 of some bytes: node:crypto's on the server, {@link sha256} where there is none. */
export type Sha256 = (bytes: Uint8Array) => Uint8Array

/** What the chain says of a chunk beside its bytes. Times are `recordedAt` of its first and last change. */
export interface ChunkHeader {
  readonly codec: number
  readonly fromSeq: number
  readonly toSeq: number
  readonly fromMs: number
  readonly toMs: number
}

/** What the first chunk of a log follows. */
export const GENESIS_HASH: Uint8Array = new Uint8Array(32)

/**
 * The link of a chunk: H(previous ‖ header ‖ H(body) of each class in their order). Bodies are taken before compression.
 * The bodies enter by their hashes, so that a bundle with fewer classes still verifies.
 */
export function chainHash(
  previous: Uint8Array,
  header: ChunkHeader,
  bodyHashes: readonly Uint8Array[],
  hash: Sha256,
): Uint8Array {
  const writer = new ByteWriter()
  writer.bytes(previous)
  for (const part of [header.codec, header.fromSeq, header.toSeq, header.fromMs, header.toMs, bodyHashes.length]) {
    writer.uint(part)
  }
  for (const bodyHash of bodyHashes) writer.bytes(bodyHash)
  return hash(writer.finish())
}

/** One chunk as the chain sees it; null for a class whose bytes were left out. */
export interface ChainLink extends ChunkHeader {
  readonly previousHash: Uint8Array
  readonly hash: Uint8Array
  readonly bodyHashes: readonly Uint8Array[]
  readonly bodies: readonly (Uint8Array | null)[]
}

/** What is wrong with the first link that does not hold. */
export type BrokenLink =
  | { readonly code: 'gap'; readonly fromSeq: number; readonly expectedSeq: number }
  | { readonly code: 'wrong_previous' | 'wrong_hash'; readonly fromSeq: number }
  | { readonly code: 'wrong_body'; readonly fromSeq: number; readonly bodyClass: number }

/** Checks one link after another; give it each chunk in seq order. */
export function createChainCheck(hash: Sha256, start: { readonly nextSeq: number; readonly previousHash: Uint8Array } | null) {
  let expectedSeq = start?.nextSeq ?? null
  let previous = start?.previousHash ?? null
  return {
    /** Null when the link holds. */
    next(link: ChainLink): BrokenLink | null {
      const { fromSeq } = link
      if (expectedSeq !== null && fromSeq !== expectedSeq) return { code: 'gap', fromSeq, expectedSeq }
      if (previous !== null && !equalBytes(previous, link.previousHash)) return { code: 'wrong_previous', fromSeq }
      for (const [bodyClass, body] of link.bodies.entries()) {
        const stated = link.bodyHashes[bodyClass]
        if (body !== null && (stated === undefined || !equalBytes(hash(body), stated))) {
          return { code: 'wrong_body', fromSeq, bodyClass }
        }
      }
      if (!equalBytes(chainHash(link.previousHash, link, link.bodyHashes, hash), link.hash))
        return { code: 'wrong_hash', fromSeq }
      expectedSeq = link.toSeq + 1
      previous = link.hash
      return null
    },
  }
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index])
}

export function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
