import { createHash } from 'node:crypto'

/** What a camera asks of who signs in. */
export type Challenge =
  | { readonly scheme: 'basic' }
  | {
      readonly scheme: 'digest'
      readonly realm: string
      readonly nonce: string
      readonly opaque: string | null
      readonly algorithm: string
      readonly hasQop: boolean
    }

/** Hashes of RFC 7616 by the name that the camera writes. */
const HASHES: Readonly<Record<string, string>> = { MD5: 'md5', 'SHA-256': 'sha256' }

/** Reads the challenges of an answer's head, the strongest first; null when it has none that is known. */
export function readChallenge(head: string): Challenge | null {
  const lines = [...head.matchAll(/\r\nwww-authenticate:\s*(.+)/gi)].map((match) => match[1] ?? '')
  const digests = lines.filter((line) => /^digest\s/i.test(line)).flatMap((line) => readDigest(line) ?? [])
  const digest = digests.find(({ algorithm }) => algorithm === 'SHA-256') ?? digests[0]
  if (digest !== undefined) return digest
  return lines.some((line) => /^basic(\s|$)/i.test(line)) ? { scheme: 'basic' } : null
}

function readDigest(line: string): Extract<Challenge, { scheme: 'digest' }> | null {
  const field = (name: string): string | null => {
    const match = new RegExp(`[\\s,]${name}\\s*=\\s*(?:"([^"]*)"|([^\\s,]+))`, 'i').exec(line)
    return match?.[1] ?? match?.[2] ?? null
  }
  const [realm, nonce] = [field('realm'), field('nonce')]
  const algorithm = (field('algorithm') ?? 'MD5').toUpperCase()
  if (realm === null || nonce === null || HASHES[algorithm] === undefined) return null
  const hasQop = (field('qop') ?? '').split(',').some((each) => each.trim().toLowerCase() === 'auth')
  return { scheme: 'digest', realm, nonce, opaque: field('opaque'), algorithm, hasQop }
}

/** Value of an `Authorization` header (RFC 7616, RFC 7617): a secret. `count` numbers the requests under one nonce, `cnonce` is random. */
export function signIn(
  challenge: Challenge,
  who: { readonly username: string; readonly password: string },
  request: { readonly method: string; readonly uri: string; readonly count: number; readonly cnonce: string },
): string {
  const { method, uri, count, cnonce } = request
  const { username, password } = who
  if (challenge.scheme === 'basic') return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`
  const { realm, nonce, opaque, algorithm, hasQop } = challenge
  const hash = (text: string): string =>
    createHash(HASHES[algorithm] ?? 'md5')
      .update(text)
      .digest('hex')
  const own = hash(`${username}:${realm}:${password}`)
  const asked = hash(`${method}:${uri}`)
  const nc = count.toString(16).padStart(8, '0')
  const response = hash(hasQop ? `${own}:${nonce}:${nc}:${cnonce}:auth:${asked}` : `${own}:${nonce}:${asked}`)
  const quoted = { username: username.replaceAll('"', String.raw`\"`), realm, nonce, uri, response }
  const parts = Object.entries(quoted).map(([name, value]) => `${name}="${value}"`)
  if (opaque !== null) parts.push(`opaque="${opaque}"`)
  if (algorithm !== 'MD5') parts.push(`algorithm=${algorithm}`)
  if (hasQop) parts.push('qop=auth', `nc=${nc}`, `cnonce="${cnonce}"`)
  return `Digest ${parts.join(', ')}`
}
