/**
 * Checks an evidence bundle offline: `npm run --silent verify -- bundle.zip --key site.pub`. Exit 0: whole and signed by
 * that key; 1: the first difference is named; 3: whole, signer unknown, because no key was given; 2: cannot be asked so.
 */
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { inflateRawSync } from 'node:zlib'

import { verifiesEd25519 } from '../server/history/site-key.ts'
import { nodeSha256 } from '../server/journal/sealed-codec.ts'
import { verifyZip } from '../shared/history/verify-zip.ts'

const USAGE = 'Usage: npm run --silent verify -- bundle.zip [--key site.pub]'

function unreadable(cause: unknown): number {
  console.log(`Cannot be asked so: ${cause instanceof Error ? cause.message : String(cause)}. ${USAGE}`)
  return 2
}

async function main(): Promise<number> {
  let opened: { file: number; key: string | null }
  try {
    const { values, positionals } = parseArgs({ options: { key: { type: 'string' } }, allowPositionals: true })
    const [name] = positionals
    if (name === undefined || positionals.length > 1) throw new Error('one bundle')
    opened = { key: values.key === undefined ? null : readFileSync(values.key, 'utf8'), file: openSync(name, 'r') }
  } catch (cause) {
    return unreadable(cause)
  }
  const { file, key } = opened
  const source = {
    size: fstatSync(file).size,
    read(from: number, length: number) {
      const bytes = new Uint8Array(length)
      let done = 0
      while (done < length) {
        const count = readSync(file, bytes, done, length - done, from + done)
        if (count === 0) throw new Error('the file became shorter while it was read')
        done += count
      }
      return Promise.resolve(bytes)
    },
  }
  const verdict = await verifyZip(source, key, {
    sha256: nodeSha256,
    verifies: verifiesEd25519,
    inflateRaw: (packed, bytes) => inflateRawSync(packed, { maxOutputLength: Math.max(1, bytes) }),
  })
  closeSync(file)
  if (!verdict.ok) {
    console.log(`FAILED ${verdict.code} ${JSON.stringify(verdict.part)}: ${verdict.message.replaceAll(/[^ -~]/g, '?')}`)
    return 1
  }
  const { from, to, chain } = verdict.manifest
  console.log(
    verdict.signed
      ? `OK whole and signed by the site: ${from} to ${to}, ${chain.length} chunks`
      : `WHOLE, signer unknown: give the site's key with --key. ${from} to ${to}, ${chain.length} chunks`,
  )
  return verdict.signed ? 0 : 3
}

process.exitCode = await main()
