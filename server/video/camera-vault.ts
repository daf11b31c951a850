import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/** Keeps camera urls unreadable to whoever gets the database without the key file. */
export interface CameraVault {
  /** AES-256-GCM; `purpose` (camera and field) is bound in, so that a sealed url cannot be moved to another row. */
  seal(text: string, purpose: string): string
  /** The text again; null when the key or the purpose is another one, or a byte was changed. */
  open(sealed: string, purpose: string): string | null
}

const VERSION = 'v1'
const KEY_BYTES = 32
/** 96 bits, as GCM wants it; random, because a registry seals a few thousand texts in its life. */
const NONCE_BYTES = 12

/** Reads the key file, or makes it when there is none, for this user only. Throws when the file is no key. */
export function openCameraVault(keyPath: string): CameraVault {
  const key = readOrMakeKey(keyPath)
  return {
    seal(text, purpose) {
      const nonce = randomBytes(NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', key, nonce)
      cipher.setAAD(Buffer.from(purpose, 'utf8'))
      const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [VERSION, nonce, cipher.getAuthTag(), body]
        .map((part) => (typeof part === 'string' ? part : part.toString('base64url')))
        .join('.')
    },
    open(sealed, purpose) {
      const [version, nonce, tag, body] = sealed.split('.')
      if (version !== VERSION || nonce === undefined || tag === undefined || body === undefined) return null
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, Buffer.from(nonce, 'base64url'))
        decipher.setAAD(Buffer.from(purpose, 'utf8'))
        decipher.setAuthTag(Buffer.from(tag, 'base64url'))
        return Buffer.concat([decipher.update(Buffer.from(body, 'base64url')), decipher.final()]).toString('utf8')
      } catch {
        // Authentication failed: another key, another row or changed bytes. All are "not readable" to the caller.
        return null
      }
    },
  }
}

function readOrMakeKey(keyPath: string): Buffer {
  mkdirSync(dirname(keyPath), { recursive: true, mode: 0o700 })
  try {
    // `wx` makes and fills the file in one step, so two starts cannot make two keys.
    writeFileSync(keyPath, `${randomBytes(KEY_BYTES).toString('base64url')}\n`, { flag: 'wx', mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  }
  chmodSync(keyPath, 0o600)
  const key = Buffer.from(readFileSync(keyPath, 'utf8').trim(), 'base64url')
  if (key.length !== KEY_BYTES) throw new Error(`${keyPath} does not hold a key of ${KEY_BYTES} bytes`)
  return key
}
