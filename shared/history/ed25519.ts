import { sha512 } from './sha512.ts'

/** The field's prime, the order of the group, and the curve's constant: RFC 8032, 5.1. */
const P = (1n << 255n) - 19n
const L = (1n << 252n) + 27742317777372353535851937790883648493n
const D = mod(-121665n * inverse(121666n))
const ROOT_OF_MINUS_ONE = power(2n, (P - 1n) / 4n)

interface Point {
  readonly x: bigint
  readonly y: bigint
  readonly z: bigint
  readonly t: bigint
}

const NEUTRAL: Point = { x: 0n, y: 1n, z: 1n, t: 0n }
const BASE = basePoint()

/** DER of an Ed25519 public key up to its 32 bytes: RFC 8410. */
const SPKI_HEAD = [0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]
const KEY_BYTES = 32

/** The 32 bytes of an Ed25519 public key in PEM (SPKI); null for anything else. */
export function ed25519KeyOf(pem: string): Uint8Array | null {
  const body = /^\s*-----BEGIN PUBLIC KEY-----([A-Za-z0-9+/=\s]+)-----END PUBLIC KEY-----\s*$/.exec(pem)?.[1]
  const der = body === undefined ? null : bytesOfBase64(body.replaceAll(/\s/g, ''))
  if (der === null || der.length !== SPKI_HEAD.length + KEY_BYTES) return null
  return SPKI_HEAD.every((byte, index) => der[index] === byte) ? der.subarray(SPKI_HEAD.length) : null
}

/**
 * Whether an Ed25519 signature of `data` is by the owner of a public key in PEM; false also for a key that is none. As
 * RFC 8032, 5.1.7, without the cofactor, as OpenSSL does it. In BigInt: some tens of milliseconds, for pages whose browser
 * has no `crypto.subtle`; nothing here is secret, so that time tells nothing.
 */
export function verifyEd25519(keyPem: string, data: Uint8Array, signature: Uint8Array): boolean {
  const key = ed25519KeyOf(keyPem)
  if (key === null || signature.length !== 64) return false
  const a = decodePoint(key)
  const s = littleEndian(signature.subarray(32))
  if (a === null || s >= L) return false
  const r = signature.subarray(0, 32)
  const hashed = new Uint8Array(64 + data.length)
  hashed.set(r)
  hashed.set(key, 32)
  hashed.set(data, 64)
  const k = littleEndian(sha512(hashed)) % L
  // R = [S]B - [k]A
  const found = encodePoint(add(times(BASE, s), times(negative(a), k)))
  return found.every((byte, index) => byte === r[index])
}

/** Base64 with padding and nothing else; null for anything that is not. */
export function bytesOfBase64(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null
  const digits = text.replace(/=+$/, '')
  const out = new Uint8Array(Math.floor((digits.length * 3) / 4))
  let held = 0
  let bits = 0
  let at = 0
  for (let index = 0; index < digits.length; index += 1) {
    held = ((held << 6) | (BASE64_VALUES[digits.charCodeAt(index)] as number)) & 0xffff
    bits += 6
    if (bits < 8) continue
    bits -= 8
    out[at] = (held >> bits) & 0xff
    at += 1
  }
  return out
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
/** By character code; of a character that is none, nothing is asked. */
const BASE64_VALUES = Uint8Array.from({ length: 128 }, (_, code) => Math.max(0, BASE64.indexOf(String.fromCharCode(code))))

function mod(value: bigint): bigint {
  const rest = value % P
  return rest < 0n ? rest + P : rest
}

function power(base: bigint, exponent: bigint): bigint {
  let result = 1n
  let square = mod(base)
  for (let left = exponent; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) result = (result * square) % P
    square = (square * square) % P
  }
  return result
}

function inverse(value: bigint): bigint {
  return power(value, P - 2n)
}

/** Extended coordinates, a = -1: RFC 8032, 5.1.4. Complete, so it doubles too. */
function add(one: Point, other: Point): Point {
  const a = mod((one.y - one.x) * (other.y - other.x))
  const b = mod((one.y + one.x) * (other.y + other.x))
  const c = mod(one.t * 2n * D * other.t)
  const d = mod(one.z * 2n * other.z)
  const [e, f, g, h] = [b - a, d - c, d + c, b + a]
  return { x: mod(e * f), y: mod(g * h), z: mod(f * g), t: mod(e * h) }
}

const negative = ({ x, y, z, t }: Point): Point => ({ x: mod(-x), y, z, t: mod(-t) })

function times(point: Point, factor: bigint): Point {
  let sum = NEUTRAL
  let doubled = point
  for (let left = factor; left > 0n; left >>= 1n) {
    if ((left & 1n) === 1n) sum = add(sum, doubled)
    doubled = add(doubled, doubled)
  }
  return sum
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n
  for (const byte of bytes.toReversed()) value = (value << 8n) | BigInt(byte)
  return value
}

function encodePoint({ x, y, z }: Point): Uint8Array {
  const scale = inverse(z)
  let value = mod(y * scale) | ((mod(x * scale) & 1n) << 255n)
  const bytes = new Uint8Array(KEY_BYTES)
  for (let index = 0; index < KEY_BYTES; index += 1) {
    bytes[index] = Number(value & 0xffn)
    value >>= 8n
  }
  return bytes
}

/** RFC 8032, 5.1.3; null for bytes that are no point, or not in their one form. */
function decodePoint(bytes: Uint8Array): Point | null {
  const value = littleEndian(bytes)
  const sign = value >> 255n
  const y = value & ((1n << 255n) - 1n)
  const x = y < P ? recoverX(y, sign) : null
  return x === null ? null : { x, y, z: 1n, t: mod(x * y) }
}

function recoverX(y: bigint, sign: bigint): bigint | null {
  const square = mod((y * y - 1n) * inverse(mod(D * y * y + 1n)))
  let x = power(square, (P + 3n) / 8n)
  if (mod(x * x - square) !== 0n) x = mod(x * ROOT_OF_MINUS_ONE)
  if (mod(x * x - square) !== 0n || (x === 0n && sign === 1n)) return null
  return (x & 1n) === sign ? x : mod(-x)
}

function basePoint(): Point {
  const y = mod(4n * inverse(5n))
  const x = recoverX(y, 0n) ?? 0n
  return { x, y, z: 1n, t: mod(x * y) }
}
