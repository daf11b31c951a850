import { spawnSync } from 'node:child_process'
import { generateKeyPairSync, sign } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

import { inflateSync, unzipSync } from 'fflate'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { createEvidence, type EvidenceService } from '../../server/history/evidence-service.ts'
import { openSiteKey, verifiesEd25519 } from '../../server/history/site-key.ts'
import { evidenceRoutes } from '../../server/http/routes/evidence.ts'
import { nodeSha256, sealKeyframe } from '../../server/journal/sealed-codec.ts'
import { storeKeyframe } from '../../server/journal/sealed-store.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { hex } from '../../shared/history/chain.ts'
import { CHUNK_CHANGES, decodeChunk } from '../../shared/history/chunk-codec.ts'
import { KEY_NAME, MANIFEST_NAME, SIGNATURE_NAME, type Manifest } from '../../shared/history/manifest.ts'
import { sha256 } from '../../shared/history/sha256.ts'
import { verifyEd25519 } from '../../shared/history/ed25519.ts'
import { verifyBundle, type BundleParts } from '../../shared/history/verify-bundle.ts'
import { verifyZip } from '../../shared/history/verify-zip.ts'
import { readZipDirectory, readZipEntry } from '../../shared/history/zip-reader.ts'
import type { Change } from '../../shared/world/change.ts'
import { createWorld, reduce } from '../../shared/world/world.ts'
import { DEMO_SCALE, demoHistory } from '../bench/history-data.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'
import { seededRandom } from '../support/random.ts'

const CHUNKS = 3
const LENGTH = CHUNKS * CHUNK_CHANGES + 250
const SCRIPT = path.join(import.meta.dirname, '../../scripts/verify.ts')
const VIDEO = { name: 'video/camera-1-0.mp4', bytes: new Uint8Array(5_000).fill(7) }

/** A zip file of stored entries; the directory may name the first of them more than once. */
function zipOf(
  entries: readonly { name: string; bytes: Buffer }[],
  listed: readonly string[] = entries.map(({ name }) => name),
): Uint8Array {
  const [bodies, offsets]: [Buffer[], number[]] = [[], []]
  for (const { name, bytes } of entries) {
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x0403_4b50, 0)
    header.writeUInt32LE(bytes.length, 18)
    header.writeUInt32LE(bytes.length, 22)
    header.writeUInt16LE(name.length, 26)
    offsets.push(Buffer.concat(bodies).length)
    bodies.push(header, Buffer.from(name), bytes)
  }
  const directory = listed.flatMap((name, index) => {
    const head = Buffer.alloc(46)
    const { bytes } = entries[index] ?? entries[0] ?? { bytes: Buffer.alloc(0) }
    head.writeUInt32LE(0x0201_4b50, 0)
    head.writeUInt32LE(bytes.length, 20)
    head.writeUInt32LE(bytes.length, 24)
    head.writeUInt16LE(name.length, 28)
    head.writeUInt32LE(offsets[index] ?? 0, 42)
    return [head, Buffer.from(name)]
  })
  const end = Buffer.alloc(22)
  end.writeUInt32LE(0x0605_4b50, 0)
  end.writeUInt16LE(listed.length, 10)
  end.writeUInt32LE(Buffer.concat(directory).length, 12)
  end.writeUInt32LE(Buffer.concat(bodies).length, 16)
  return new Uint8Array(Buffer.concat([...bodies, ...directory, end]))
}

let server: TestServer
let evidence: EvidenceService
let supervisor: ReturnType<typeof createBrowser>
let folder = ''
let range: { from: string; to: string }
let zip: Uint8Array
let parts: Map<string, Uint8Array>
let manifest: Manifest
let siteKey = ''

/** Until it is no longer being made; the deadline is only there to end a test that would never. */
async function finished(id: string): Promise<Record<string, unknown>> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const { body } = await supervisor.json('GET', `/api/evidence/${id}`)
    if (body['state'] !== 'working') return body
    if (performance.now() > deadline) throw new Error('the bundle is never finished')
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
async function make(body: object): Promise<Uint8Array> {
  const asked = await supervisor.json('POST', '/api/evidence', { ...range, reason: '调查', ...body })
  expect(asked.status).toBe(202)
  const id = String(asked.body['id'])
  expect(await finished(id)).toMatchObject({ state: 'ready' })
  const response = await supervisor.send('GET', `/api/evidence/${id}/bundle.zip`)
  expect(response.headers.get('content-type')).toBe('application/zip')
  return new Uint8Array(await response.arrayBuffer())
}
const unpacked = (bytes: Uint8Array) => new Map(Object.entries(unzipSync(bytes)))
const manifestOf = (some: ReadonlyMap<string, Uint8Array>) =>
  JSON.parse(Buffer.from(some.get(MANIFEST_NAME) ?? []).toString()) as Manifest
const partsOf = (some: ReadonlyMap<string, Uint8Array>): BundleParts => ({
  names: [...some.keys()],
  size: (name) => some.get(name)?.length,
  read: (name) => Promise.resolve(some.get(name) ?? null),
})
const check = (some: ReadonlyMap<string, Uint8Array>, key: string | null = siteKey) =>
  verifyBundle(partsOf(some), key, { sha256: nodeSha256, verifies: verifiesEd25519 })
/** As the page in a browser checks: nothing of node, the zip file read in pieces. */
const checkZip = (bytes: Uint8Array, key: string | null = siteKey) =>
  verifyZip({ size: bytes.length, read: (from, length) => Promise.resolve(bytes.slice(from, from + length)) }, key, {
    sha256,
    verifies: verifyEd25519,
    inflateRaw: (packed, length) => inflateSync(packed, { out: new Uint8Array(length) }),
  })

beforeAll(async () => {
  server = await startTestServer({
    moreRoutes: ({ handle, log, accounts }) => {
      evidence = createEvidence({
        handle,
        log,
        key: openSiteKey(handle.dataDir),
        dataDir: handle.dataDir,
        now: Date.now,
        onFault: (cause) => void server.broken.push(cause),
        async *extras({ cameras }) {
          if (cameras.length > 0) yield VIDEO
        },
        viewer: { script: Buffer.from('// viewer'), style: Buffer.from('/* viewer */') },
        site: () => null,
      })
      return evidenceRoutes({ evidence, audit: accounts.audit, allows: (cameraId) => cameraId !== 'cam-private' })
    },
  })
  folder = mkdtempSync(path.join(tmpdir(), 'lookout-evidence-'))
  const changes: Change[] = []
  for (const batch of demoHistory({ ...DEMO_SCALE, residents: 400, merchants: 50, workers: 900 })) {
    changes.push(...batch)
    if (changes.length >= LENGTH) break
  }
  for (let from = 0; from < LENGTH; from += 5_000) {
    await server.log.append({ from: from + 1, changes: changes.slice(from, Math.min(LENGTH, from + 5_000)) })
  }
  range = { from: formatInstant((changes[0]?.recordedAt ?? 0) + 1), to: formatInstant((changes.at(-1)?.recordedAt ?? 0) + 1) }
  supervisor = createBrowser(server.origin)
  await supervisor.signIn(await server.addUser('supervisor'))
  zip = await make({ layers: ['stations', 'workers', 'residents', 'cases'], cameras: ['cam-01'], caseId: 'case-1' })
  parts = unpacked(zip)
  manifest = manifestOf(parts)
  siteKey = await (await supervisor.send('GET', '/api/evidence/key.pub')).text()
}, 120_000)
afterAll(async () => {
  expect(server.broken).toEqual([])
  await evidence.stop()
  await server.log.close()
  await server.stop()
  rmSync(folder, { recursive: true })
})

describe('an evidence bundle', () => {
  it('holds the chunks, what is not sealed yet, the video and the case, and is signed by the site', async () => {
    expect(manifest.chain.map(({ fromSeq }) => fromSeq)).toEqual([0, 1, 2].map((index) => index * CHUNK_CHANGES + 1))
    expect(manifest).toMatchObject({ classes: ['community', 'people'], keyframeSeq: null, unsealedAfter: CHUNKS * CHUNK_CHANGES })
    expect(parts.get(VIDEO.name)).toEqual(VIDEO.bytes)
    expect(parts.has('case.json')).toBe(true)
    expect(await check(parts)).toMatchObject({ ok: true, signed: true })
    expect(await check(parts, null)).toMatchObject({ ok: true, signed: false })
    // The same without node: what the page in a browser uses where there is no secure context.
    expect(await checkZip(zip)).toMatchObject({ ok: true, signed: true })
    expect(await checkZip(zip, null)).toMatchObject({ ok: true, signed: false })
    const all = [...parts].filter(([name]) => name.startsWith('log/')).flatMap(([, bytes]) => decodeChunk(bytes).changes)
    expect(new Set(all.map(({ seq }) => seq)).size).toBe(LENGTH)
  })

  it('is checked by one command that says what it found and how it ends', async () => {
    const file = path.join(folder, 'bundle.zip')
    const key = path.join(folder, 'site.pub')
    const other = path.join(folder, 'other.pub')
    writeFileSync(file, zip)
    writeFileSync(key, siteKey)
    writeFileSync(other, generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }))
    const run = (...args: string[]) => {
      const { status, stdout } = spawnSync(process.execPath, [SCRIPT, ...args], { encoding: 'utf8' })
      expect(stdout.trimEnd().split('\n')).toHaveLength(1)
      return [status, stdout.split(' ').slice(0, 2).join(' ')]
    }
    expect(run(file, '--key', key)).toEqual([0, 'OK whole'])
    expect(run(file)).toEqual([3, 'WHOLE, signer'])
    expect(run(file, '--key', other)).toEqual([1, 'FAILED wrong_signer'])
    expect(run(file, '--key', file)).toEqual([1, 'FAILED bad_key'])
    expect(run(file, '--key', path.join(folder, 'none'))[0]).toBe(2)
    expect(run(path.join(folder, 'none'))[0]).toBe(2)
    expect(run()[0]).toBe(2)
    writeFileSync(file, zip.subarray(0, zip.length - 1_000))
    expect(run(file, '--key', key)[0]).toBe(1)
    writeFileSync(file, zip.with(Math.floor(zip.length / 2), (zip[Math.floor(zip.length / 2)] ?? 0) ^ 16))
    expect(run(file, '--key', key)[0]).toBe(1)
  })

  it('names the part in which one bit was changed, whichever it is', async () => {
    const random = seededRandom(11)
    for (const [name, bytes] of parts) {
      const at = random.below(bytes.length)
      const changed = new Map(parts).set(name, bytes.with(at, (bytes[at] ?? 0) ^ (1 << random.below(8))))
      const verdict = await check(changed)
      expect(verdict.ok, name).toBe(false)
      // Of the manifest and its signature it cannot be told which of the two was changed.
      const named = [MANIFEST_NAME, SIGNATURE_NAME].includes(name) ? [MANIFEST_NAME, SIGNATURE_NAME] : [name]
      expect(named, name).toContain('part' in verdict ? verdict.part : '')
    }
  })

  it('names the part in which one bit of the zip file was changed, or says that the zip is none', async () => {
    const directory = await readZipDirectory({
      size: zip.length,
      read: (from, length) => Promise.resolve(zip.slice(from, from + length)),
    })
    if (!directory.ok) throw new Error(directory.message)
    const random = seededRandom(12)
    const flipped = (at: number) => zip.with(at, (zip[at] ?? 0) ^ (1 << random.below(8)))
    for (const { name, headerAt, packedBytes } of directory.entries.values()) {
      const verdict = await checkZip(flipped(headerAt + 30 + name.length + random.below(packedBytes)))
      const named = [MANIFEST_NAME, SIGNATURE_NAME].includes(name) ? [MANIFEST_NAME, SIGNATURE_NAME] : [name]
      expect(verdict.ok, name).toBe(false)
      expect(named, name).toContain('part' in verdict ? verdict.part : '')
      // The name beside the bytes, by which tools unpack that read from the beginning.
      expect(await checkZip(flipped(headerAt + 30)), name).toMatchObject({ ok: false, part: name })
    }
    for (let at = zip.length - 22; at < zip.length - 2; at += 1) {
      // Fields that no reader needs: numbers of disks, and the count a second time.
      if (at - (zip.length - 22) >= 4 && at - (zip.length - 22) < 10) continue
      expect((await checkZip(flipped(at))).ok, `end ${at}`).toBe(false)
    }
    for (const cut of [1, 22, 1_000, zip.length - 10]) {
      expect(await checkZip(zip.subarray(0, zip.length - cut))).toMatchObject({ ok: false, code: 'bad_zip' })
    }
    expect(await checkZip(new Uint8Array(100))).toMatchObject({ ok: false, code: 'bad_zip' })
  })

  it('names a part that was given another name, and one that unfolds to more than was signed', async () => {
    const [first = ''] = [...parts.keys()].filter((name) => name.startsWith('log/chunk-community-'))
    // The same length, so that offsets stay; in headers only, because texts that name parts are deflated.
    const renamed = Buffer.from(zip)
    for (let at = renamed.indexOf(first); at !== -1; at = renamed.indexOf(first, at + 1)) renamed.write('LOG', at)
    expect(await checkZip(renamed)).toMatchObject({ ok: false, code: 'missing_part', part: first })
    // A writer that says one length and deflates another.
    const bomb = new Map(parts).set(first, new Uint8Array(64 * 2 ** 20))
    expect(await check(bomb)).toMatchObject({ ok: false, code: 'wrong_part', part: first })
    const packed = deflateRawSync(new Uint8Array(64 * 2 ** 20))
    const entry = { name: first, packedBytes: packed.length, bytes: 1_000, isDeflated: true, headerAt: 0 }
    const header = Buffer.alloc(30)
    header.writeUInt32LE(0x0403_4b50, 0)
    header.writeUInt16LE(first.length, 26)
    const lying = new Uint8Array(Buffer.concat([header, Buffer.from(first), packed]))
    const source = {
      size: lying.length,
      read: (from: number, length: number) => Promise.resolve(lying.slice(from, from + length)),
    }
    const inNode = (some: Uint8Array, length: number) => inflateRawSync(some, { maxOutputLength: length })
    const inBrowser = (some: Uint8Array, length: number) => inflateSync(some, { out: new Uint8Array(length) })
    expect(await readZipEntry(source, entry, inNode)).toBeNull()
    expect((await readZipEntry(source, entry, inBrowser))?.length ?? 0).toBeLessThanOrEqual(1_000)
  })

  it('refuses two entries of one name, and entries that share their bytes', async () => {
    const two = zipOf([
      { name: 'a.txt', bytes: Buffer.from('one') },
      { name: 'a.txt', bytes: Buffer.from('two') },
    ])
    expect(await checkZip(two)).toMatchObject({ ok: false, code: 'duplicate_part', part: 'a.txt' })
    const shared = zipOf([{ name: 'a.txt', bytes: Buffer.from('one') }], ['a.txt', 'b.txt'])
    expect(await checkZip(shared)).toMatchObject({ ok: false, code: 'bad_zip', part: 'b.txt' })
  })

  it('is checked without any program of ours, by sha256sum and openssl', async () => {
    const unpackedTo = path.join(folder, 'unpacked')
    for (const [name, bytes] of parts) {
      mkdirSync(path.dirname(path.join(unpackedTo, name)), { recursive: true })
      writeFileSync(path.join(unpackedTo, name), bytes)
    }
    writeFileSync(path.join(folder, 'given.pub'), siteKey)
    const run = (command: string, ...args: string[]) => spawnSync(command, args, { cwd: unpackedTo, encoding: 'utf8' })
    expect(run('sha256sum', '--strict', '-c', 'SHA256SUMS').status).toBe(0)
    writeFileSync(
      path.join(unpackedTo, 'signature'),
      Buffer.from(readFileSync(path.join(unpackedTo, SIGNATURE_NAME), 'utf8'), 'base64'),
    )
    const openssl = [
      'pkeyutl',
      '-verify',
      '-pubin',
      '-inkey',
      '../given.pub',
      '-rawin',
      '-in',
      MANIFEST_NAME,
      '-sigfile',
      'signature',
    ]
    expect(run('openssl', ...openssl).status).toBe(0)
    writeFileSync(
      path.join(unpackedTo, MANIFEST_NAME),
      Buffer.concat([parts.get(MANIFEST_NAME) ?? new Uint8Array(), Buffer.from(' ')]),
    )
    expect(run('openssl', ...openssl).status).not.toBe(0)
    const readme = readFileSync(path.join(unpackedTo, 'README.txt'), 'utf8')
    for (const said of ['viewer.html', 'openssl pkeyutl', '调查', '没有录像', 'keep it as sensitive'])
      expect(readme).toContain(said)
  })

  it('names what is missing, what is too much, and chunks that changed places', async () => {
    const names = [...parts.keys()].filter((name) => name.startsWith('log/chunk-'))
    const [first = '', second = ''] = names
    const without = new Map(parts)
    without.delete(first)
    expect(await check(without)).toMatchObject({ ok: false, code: 'missing_part', part: first })
    expect(await check(new Map(parts).set('log/more.bin', new Uint8Array(1)))).toMatchObject({
      code: 'extra_part',
      part: 'log/more.bin',
    })
    const swapped = new Map(parts)
      .set(first, parts.get(second) ?? new Uint8Array())
      .set(second, parts.get(first) ?? new Uint8Array())
    expect(await check(swapped)).toMatchObject({ ok: false, code: 'wrong_part', part: first })
  })

  it('shows a gap in the chain even to one who trusts the forger’s key', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const forged = new Map(parts).set(KEY_NAME, Buffer.from(publicKey.export({ type: 'spki', format: 'pem' }).toString()))
    const [, dropped] = manifest.chain
    for (const name of ['community', 'people']) forged.delete(`log/chunk-${name}-${dropped?.fromSeq}.bin`)
    const claims: Manifest = {
      ...manifest,
      chain: manifest.chain.filter((link) => link !== dropped),
      parts: manifest.parts
        .filter(({ name }) => forged.has(name))
        .map((part) => ({
          ...part,
          bytes: forged.get(part.name)?.length ?? 0,
          sha256: hex(nodeSha256(forged.get(part.name) ?? new Uint8Array())),
        })),
    }
    const bytes = Buffer.from(JSON.stringify(claims))
    forged.set(MANIFEST_NAME, bytes).set(SIGNATURE_NAME, Buffer.from(sign(null, bytes, privateKey).toString('base64')))
    expect(await check(forged)).toMatchObject({ ok: false, code: 'wrong_signer', part: KEY_NAME })
    expect(await check(forged, null)).toMatchObject({ ok: false, code: 'broken_chain' })
  })

  it('holds nobody’s people unless they were asked for, and its chain still holds', async () => {
    const some = unpacked(await make({ layers: ['stations'] }))
    expect([...some.keys()].filter((name) => name.includes('people'))).toEqual([])
    expect(await check(some)).toMatchObject({ ok: true, signed: true })
  })

  it('is made for supervisors only, with a reason, and leaves a trace', async () => {
    const duty = createBrowser(server.origin)
    await duty.signIn(await server.addUser('duty'))
    expect((await duty.json('POST', '/api/evidence', { ...range, layers: ['stations'], reason: '调查' })).status).toBe(403)
    expect((await supervisor.json('POST', '/api/evidence', { ...range, layers: ['stations'] })).status).toBe(400)
    const rows = await server.handle.db.selectFrom('audit').selectAll().where('action', '=', 'evidence.export').execute()
    expect(rows.map(({ reason }) => reason)).toContain('调查')
    expect(rows.some(({ details }) => details?.includes('download') === true)).toBe(true)
    const looks = await server.accounts.audit.list({ before: null, subject: 'cameras/cam-01', limit: 5 })
    expect(looks[0]).toMatchObject({ action: 'recording.read', reason: '调查', details: { what: 'export' } })
    const refused = (body: object) =>
      supervisor.json('POST', '/api/evidence', { ...range, layers: ['stations'], reason: '调查', ...body })
    // Workers bring residents with them: who does not ask for both gets neither.
    expect(await refused({ layers: ['workers'] })).toMatchObject({ status: 400, body: { code: 'bad_field', field: 'layers' } })
    expect(await refused({ cameras: ['cam-private'] })).toMatchObject({ status: 403, body: { code: 'no_consent' } })
    expect(await refused({ reason: '问 13812345678' })).toMatchObject({ status: 400, body: { code: 'bad_field' } })
    expect(await refused({ from: '2026-10-24T00:00:00' })).toMatchObject({ status: 400 })
  })

  it('is found again by who asks for what lies here', async () => {
    const { bundles } = (await supervisor.json('GET', '/api/evidence')).body as { bundles: { id: string; madeAt: string }[] }
    expect(bundles.length).toBeGreaterThanOrEqual(2)
    expect(bundles.at(-1)).toMatchObject({
      id: manifest.id,
      from: manifest.from,
      to: manifest.to,
      reason: '调查',
      bytes: zip.length,
    })
    expect(bundles.map(({ madeAt }) => madeAt)).toEqual(
      bundles
        .map(({ madeAt }) => madeAt)
        .toSorted()
        .toReversed(),
    )
  })

  it('is gone when it is cancelled, and never offered half written', async () => {
    const { body } = await supervisor.json('POST', '/api/evidence', {
      ...range,
      layers: ['workers', 'residents'],
      reason: '调查',
    })
    const id = String(body['id'])
    expect((await supervisor.send('DELETE', `/api/evidence/${id}`)).status).toBe(200)
    expect((await supervisor.send('GET', `/api/evidence/${id}/bundle.zip`)).status).toBe(404)
    expect((await supervisor.send('GET', `/api/evidence/${id}`)).status).toBe(404)
    expect(readdirSync(path.join(server.dataDir, 'evidence')).filter((name) => !name.endsWith('.zip'))).toEqual([])
    // What a killed server left half written is gone at the next start, and was never a bundle.
    const left = path.join(server.dataDir, 'evidence', `${id}.zip.partial`)
    writeFileSync(left, zip.subarray(0, 5_000))
    expect((await supervisor.send('GET', `/api/evidence/${id}/bundle.zip`)).status).toBe(404)
    const { handle, log } = server
    const key = openSiteKey(server.dataDir)
    const again = createEvidence({
      handle,
      log,
      key,
      dataDir: server.dataDir,
      now: Date.now,
      onFault: () => undefined,
      async *extras() {},
      viewer: null,
      site: () => null,
    })
    expect(existsSync(left)).toBe(false)
    expect(await again.state(id)).toBeNull()
    await again.stop()
  })

  it('begins with what there is when the beginning of the log was trimmed, and says so', async () => {
    const world = createWorld()
    for await (const { changes } of server.log.read(0, { seq: 2 * CHUNK_CHANGES })) {
      for (const change of changes) reduce(world, change)
    }
    await server.handle.db.transaction().execute((trx) => storeKeyframe(trx, sealKeyframe(world)))
    const key = openSiteKey(server.dataDir)
    const trimmed = await server.log.trim(9e15, (text) => key.sign(Buffer.from(text)))
    expect(trimmed).toEqual({ firstSeq: 2 * CHUNK_CHANGES + 1, didTrim: true })
    const some = unpacked(await make({ layers: ['stations'] }))
    expect(manifestOf(some)).toMatchObject({ keyframeSeq: 2 * CHUNK_CHANGES, logFrom: expect.stringContaining('2026-10-24') })
    expect(await check(some)).toMatchObject({ ok: true, signed: true })
    expect(Buffer.from(some.get('README.txt') ?? []).toString()).toContain('there is nothing before')
  })

  it('leaves a log that one command follows from the signed checkpoint to the head, and names what does not hold', async () => {
    const script = path.join(import.meta.dirname, '../../scripts/log-verify.ts')
    const run = () => {
      const env = { PATH: process.env['PATH'], DATA_DIR: server.dataDir }
      const { status, stdout } = spawnSync(process.execPath, [script], { encoding: 'utf8', cwd: server.dataDir, env })
      return { status, stdout }
    }
    const { db } = server.handle
    const from = 2 * CHUNK_CHANGES
    expect(run()).toMatchObject({ status: 0, stdout: expect.stringContaining(`1 chunks from the checkpoint at change ${from}`) })
    expect(run().stdout).toContain('250 changes after it')
    const { value } = await db.selectFrom('meta').select('value').where('key', '=', 'checkpoint').executeTakeFirstOrThrow()
    const forged = value.replace(/"signature":"../, '"signature":"AA')
    await db.updateTable('meta').set({ value: forged }).where('key', '=', 'checkpoint').execute()
    expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining('bad_checkpoint') })
    await db.updateTable('meta').set({ value }).where('key', '=', 'checkpoint').execute()
    await db
      .updateTable('chunks')
      .set({ toMs: 1 })
      .where('fromSeq', '=', from + 1)
      .execute()
    expect(run()).toMatchObject({ status: 1, stdout: expect.stringContaining(`"wrong_hash","fromSeq":${from + 1}`) })
  })
})
