import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'

/** The site's Ed25519 key: what it signs is known to come from this site by whoever has the public half from elsewhere. */
export interface SiteKey {
  readonly publicPem: string
  /** Base64. */
  sign(data: Uint8Array): string
}

/** Reads the key file of a data folder, or makes it; only this process's user may read it. */
export function openSiteKey(dataDir: string): SiteKey {
  const file = path.join(dataDir, 'keys', 'site.key')
  if (!existsSync(file)) {
    mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 })
    const { privateKey } = generateKeyPairSync('ed25519')
    writeFileSync(`${file}.new`, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 })
    renameSync(`${file}.new`, file)
  }
  const key: KeyObject = createPrivateKey(readFileSync(file))
  return {
    publicPem: createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString(),
    sign: (data) => sign(null, data, key).toString('base64'),
  }
}

/** Whether a text is signed by the key of a data folder; null where the folder has no key. Never makes one. */
export function siteSignatures(dataDir: string): ((text: string, signature: string) => boolean) | null {
  const file = path.join(dataDir, 'keys', 'site.key')
  if (!existsSync(file)) return null
  const key = createPublicKey(readFileSync(file))
  return (text, signature) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64'))
}

/** For {@link verifyBundle}: whether a signature is by a public key in PEM. */
export function verifiesEd25519(keyPem: string, data: Uint8Array, signature: Uint8Array): boolean {
  try {
    const key = createPublicKey(keyPem)
    return key.asymmetricKeyType === 'ed25519' && verify(null, data, key, signature)
  } catch {
    return false // Not a key.
  }
}
