import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto'

import { expect, test } from 'vitest'

import { seededRandom } from '../../test/support/random.ts'
import { ed25519KeyOf, verifyEd25519 } from './ed25519.ts'
import { sha512 } from './sha512.ts'

const random = seededRandom(25_519)
const bytes = (length: number) => Uint8Array.from({ length }, () => random.below(256))
const pemOf = (key: ReturnType<typeof generateKeyPairSync>['publicKey']) => key.export({ type: 'spki', format: 'pem' }).toString()

test('SHA-512 is what OpenSSL says it is, around every edge of its blocks', () => {
  for (const length of [0, 1, 55, 56, 63, 64, 110, 111, 112, 113, 127, 128, 129, 239, 240, 256, 1_000, 70_001]) {
    const data = bytes(length)
    expect(Buffer.from(sha512(data)).toString('hex'), String(length)).toBe(createHash('sha512').update(data).digest('hex'))
  }
})

test('what OpenSSL signs holds, and no bit of it can be changed', () => {
  for (let round = 0; round < 6; round += 1) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const pem = pemOf(publicKey)
    const data = bytes(random.below(400))
    const signature = new Uint8Array(sign(null, data, privateKey))
    expect(verifyEd25519(pem, data, signature)).toBe(true)
    const at = random.below(64)
    const changed = signature.with(at, (signature[at] ?? 0) ^ (1 << random.below(8)))
    expect(verifyEd25519(pem, data, changed)).toBe(verify(null, data, publicKey, changed))
    expect(verifyEd25519(pem, Uint8Array.of(...data, 0), signature)).toBe(false)
    expect(verifyEd25519(pemOf(generateKeyPairSync('ed25519').publicKey), data, signature)).toBe(false)
  }
})

test('RFC 8032 says the same: its first and third vectors', () => {
  const vectors = [
    [
      'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
      '',
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
    ],
    [
      'fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025',
      'af82',
      '6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a',
    ],
  ] as const
  for (const [key, message, signature] of vectors) {
    const der = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(key, 'hex')])
    const pem = `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`
    expect(verifyEd25519(pem, Buffer.from(message, 'hex'), Buffer.from(signature, 'hex'))).toBe(true)
  }
})

test('what is no Ed25519 key verifies nothing', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const { privateKey } = generateKeyPairSync('ed25519')
  for (const pem of ['', 'x', pemOf(rsa.publicKey), privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()]) {
    expect(ed25519KeyOf(pem)).toBeNull()
    expect(verifyEd25519(pem, new Uint8Array(), new Uint8Array(64))).toBe(false)
  }
  // A signature of nothing under a key that is no point, and one whose S is not below the order.
  const none = `-----BEGIN PUBLIC KEY-----\n${Buffer.from('302a300506032b6570032100' + 'ff'.repeat(32), 'hex').toString('base64')}\n-----END PUBLIC KEY-----`
  expect(verifyEd25519(none, new Uint8Array(), new Uint8Array(64))).toBe(false)
})
