import '../../app/schemas-without-eval.ts'
import { inflateSync } from 'fflate'

import { sha256 } from '../../../shared/history/sha256.ts'
import { verifyEd25519 } from '../../../shared/history/ed25519.ts'
import type { BundleVerdict } from '../../../shared/history/verify-bundle.ts'
import { verifyZip } from '../../../shared/history/verify-zip.ts'

/** What the page asks: a bundle, and the site's key in PEM when it has one. Neither leaves this machine. */
export interface VerifyRequest {
  readonly bundle: Blob
  readonly keyPem: string | null
}

export type VerifyReply =
  | { readonly kind: 'progress'; readonly done: number; readonly of: number }
  | { readonly kind: 'verdict'; readonly verdict: BundleVerdict }
  /** The file could not be read to its end: it was moved or changed meanwhile. */
  | { readonly kind: 'unread' }

const tell = (reply: VerifyReply): void => self.postMessage(reply)

/** Checks by itself, so that the page stays alive: no `crypto.subtle`, which browsers have only on secure pages. */
self.addEventListener('message', ({ data }: MessageEvent<VerifyRequest>) => {
  const { bundle, keyPem } = data
  const source = {
    size: bundle.size,
    read: async (from: number, length: number) => new Uint8Array(await bundle.slice(from, from + length).arrayBuffer()),
  }
  verifyZip(source, keyPem, {
    sha256,
    verifies: verifyEd25519,
    inflateRaw: (packed, bytes) => inflateSync(packed, { out: new Uint8Array(bytes) }),
    onProgress: (done, of) => tell({ kind: 'progress', done, of }),
  }).then(
    (verdict) => tell({ kind: 'verdict', verdict }),
    () => tell({ kind: 'unread' }),
  )
})
