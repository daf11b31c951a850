import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { unzipSync } from 'fflate'
import { afterAll, beforeAll, expect, test } from 'vitest'

import { verifiesEd25519 } from '../../server/history/site-key.ts'
import { nodeSha256 } from '../../server/journal/sealed-codec.ts'
import { verifyBundle } from '../../shared/history/verify-bundle.ts'
import { seededRandom } from '../support/random.ts'
import { ingested, startServer, type RunningServer, type Session, TEST_PASSWORD } from '../support/server.ts'

const ROUNDS = 4
/** A bundle of this log takes some hundred milliseconds: the kill comes at random inside them. */
const BATCHES = 12
const LINES = 3_000
const LONGEST_WAIT_MS = 300

let dataDir: string
beforeAll(async () => {
  dataDir = await mkdtemp(path.join(tmpdir(), 'lookout-evidence-kill-'))
})
afterAll(() => rm(dataDir, { recursive: true, force: true }))

test(
  'a server killed while it makes bundles offers whole ones or none, and leaves nothing half written',
  { timeout: 180_000 },
  async () => {
    const random = seededRandom(5)
    let server: RunningServer = await startServer({ dataDir })
    const admin = await server.setUp()
    const { token } = await server.addSource(admin, ['merchants'])
    const made = await admin.request('POST', '/api/users', { username: 'lead', password: TEST_PASSWORD, role: 'supervisor' })
    expect(made.ok).toBe(true)
    for (let batch = 0; batch < BATCHES; batch += 1) {
      const lines = Array.from({ length: LINES }, (_, index) => ({
        layer: 'merchants',
        id: `m-${batch}-${index}`,
        op: 'put',
        observedAt: new Date().toISOString(),
        fields: { name: `商户${random.below(1e9)}`, position: [114 + random.next(), 33 + random.next()] },
      }))
      await ingested(await server.ingest(token, lines))
    }
    let whole = 0
    for (let round = 0; round <= ROUNDS; round += 1) {
      const supervisor: Session = await server.signIn('lead')
      const range = { from: '2020-01-01T00:00:00Z', to: new Date(Date.now() + 1_000).toISOString() }
      const near = { ...range, from: new Date(Date.now() - 86_400_000).toISOString() }
      const asked = await supervisor.request('POST', '/api/evidence', { ...near, layers: ['merchants'], reason: '核查' })
      expect(asked.status).toBe(202)
      const { id } = (await asked.json()) as { id: string }
      if (round < ROUNDS) await new Promise((resolve) => setTimeout(resolve, random.next() * LONGEST_WAIT_MS))
      else
        while (((await (await supervisor.request('GET', `/api/evidence/${id}`)).json()) as { state: string }).state === 'working')
          await new Promise((resolve) => setTimeout(resolve, 50))
      await server.kill()
      server = await startServer({ dataDir })
      expect(readdirSync(path.join(dataDir, 'evidence')).filter((name) => !name.endsWith('.zip'))).toEqual([])
      const again = await server.signIn('lead')
      const bundle = await again.request('GET', `/api/evidence/${id}/bundle.zip`)
      if (bundle.status === 404) continue
      expect(bundle.status).toBe(200)
      const parts = unzipSync(new Uint8Array(await bundle.arrayBuffer()))
      const key = await (await again.request('GET', '/api/evidence/key.pub')).text()
      const verdict = await verifyBundle(
        {
          names: Object.keys(parts),
          size: (name) => parts[name]?.length,
          read: (name) => Promise.resolve(parts[name] ?? null),
        },
        key,
        { sha256: nodeSha256, verifies: verifiesEd25519 },
      )
      expect(verdict).toMatchObject({ ok: true, signed: true })
      whole += 1
    }
    // The last was waited for, so that the check above is one that was made.
    expect(whole).toBeGreaterThan(0)
    await server.stop()
  },
)
