import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { createAccounts, type Accounts } from '../../server/accounts/accounts.ts'
import type { Principal } from '../../server/accounts/principal.ts'
import type { DatabaseHandle } from '../../server/database/open-database.ts'
import { createIdempotencyKeys } from '../../server/ingest/idempotency.ts'
import { storeDialects, type StorePlace } from '../support/store.ts'

const PASSWORD = 'correct horse battery'
const NOW = Date.parse('2026-11-24T00:00:00Z')

for (const dialect of await storeDialects()) {
  describe.skipIf(!dialect.available)(`accounts on ${dialect.name}${dialect.available ? '' : ` (${dialect.why})`}`, () => {
    let place: StorePlace
    let handle: DatabaseHandle
    let accounts: Accounts
    let admin: Principal
    const clock = { ms: NOW }
    const faults: unknown[] = []

    beforeAll(async () => {
      place = await dialect.makePlace()
      handle = await place.open()
      accounts = createAccounts({
        db: handle.db,
        sessionMs: 60_000,
        now: () => clock.ms,
        onFault: (cause) => void faults.push(cause),
      })
      await accounts.users.create({ username: 'admin', password: PASSWORD, role: 'admin' }, null)
      const session = await accounts.users.signIn({ username: 'admin', password: PASSWORD }, '10.0.0.1')
      if (!session.ok) throw new Error(session.code)
      admin = session.principal
    })
    afterAll(async () => {
      accounts.stop()
      expect(faults).toEqual([])
      await place.drop()
    })

    test('a name is taken once, whatever its spelling', async () => {
      expect(await accounts.users.create({ username: ' ADMIN', password: PASSWORD, role: 'duty' }, admin)).toBe('taken')
      expect((await accounts.users.list()).map(({ username }) => username)).toEqual(['admin'])
      expect(await accounts.users.hasAdmin()).toBe(true)
    })

    test('times come back as the numbers that they were', async () => {
      const [account] = await accounts.users.list()
      expect(account?.createdAt).toBe(NOW)
      const [session] = await accounts.users.sessions(null)
      expect(session).toMatchObject({ username: 'admin', createdAt: NOW, expiresAt: NOW + 60_000 })
    })

    test('tokens of each kind open what they are for, until they end', async () => {
      const source = await accounts.machines.createSource({ name: 's', layers: ['stations'] }, admin)
      const integration = await accounts.machines.createIntegration({ name: 'i', role: 'wall' }, admin)
      expect(await accounts.principalOf(source.token, ['source'])).toMatchObject({
        kind: 'source',
        layers: ['stations'],
        ratePerSecond: 20_000,
      })
      expect(await accounts.principalOf(source.token, ['integration'])).toBeNull()
      expect(await accounts.principalOf(integration.token, ['source', 'integration'])).toMatchObject({
        kind: 'integration',
        role: 'wall',
      })
      expect(await accounts.machines.deleteSource(source.id, admin)).toBe(true)
      expect(await accounts.machines.deleteSource(source.id, admin)).toBe(false)
      expect(await accounts.principalOf(source.token, ['source'])).toBeNull()
    })

    test('a wall that polls twice, for an answer may be lost, is one wall with one token', async () => {
      const started = await accounts.walls.start('10.0.0.9')
      if (!started.ok) throw new Error(started.code)
      await accounts.walls.approve(started.code, '大厅', admin)
      const first = await accounts.walls.poll(started.id, started.secret)
      const second = await accounts.walls.poll(started.id, started.secret)
      if (first.state !== 'paired' || second.state !== 'paired') throw new Error('an approved wall is paired')
      expect(await accounts.walls.list()).toHaveLength(1)
      expect(second.token).toBe(first.token)
      expect(await accounts.principalOf(second.token, ['device'])).toMatchObject({ kind: 'device', role: 'wall', name: '大厅' })
    })

    test('an answer is kept in its own transaction and goes when that fails', async () => {
      const keys = createIdempotencyKeys(handle.db, () => clock.ms)
      const body = new TextEncoder().encode('x')
      const commit = (fails: boolean) =>
        keys.once('source', 'key', body, async (keep) => {
          const fact = keep('{"accepted":1}')
          const done = await handle.db
            .transaction()
            .execute(async (transaction) => {
              await fact(transaction)
              if (fails) throw new Error('the commit fails')
            })
            .then(
              () => true,
              () => false,
            )
          return done ? { ok: true, answer: '{"accepted":1}', replayed: false } : { ok: false, code: 'journal_failed' }
        })
      expect(await commit(true)).toEqual({ ok: false, code: 'journal_failed' })
      expect(await commit(false)).toEqual({ ok: true, answer: '{"accepted":1}', replayed: false })
      expect(await commit(false)).toEqual({ ok: true, answer: '{"accepted":1}', replayed: true })
      expect(
        await keys.once('source', 'key', new TextEncoder().encode('y'), () => Promise.reject(new Error('not asked'))),
      ).toEqual({
        ok: false,
        code: 'idempotency_conflict',
      })
    })

    test('the audit trail is in order, and the database lets nobody change it', async () => {
      const rows = await accounts.audit.list({ before: null, subject: null, limit: 100 })
      const newestFirst = rows.map(({ id }) => id)
      expect(newestFirst).toEqual(newestFirst.toSorted().toReversed())
      expect(rows.at(-1)).toMatchObject({
        action: 'user.create',
        actor: { kind: 'system' },
        at: NOW,
        details: { username: 'admin', role: 'admin' },
      })
      const older = await accounts.audit.list({ before: newestFirst[1] ?? '', subject: null, limit: 1 })
      expect(older[0]?.id).toBe(newestFirst[2])
      await expect(handle.db.updateTable('audit').set({ reason: 'x' }).execute()).rejects.toThrow()
      await expect(handle.db.deleteFrom('audit').execute()).rejects.toThrow()
    })

    test('sessions end by time and with their account', async () => {
      await accounts.users.create({ username: 'duty', password: PASSWORD, role: 'duty' }, admin)
      const duty = await accounts.users.signIn({ username: 'duty', password: PASSWORD }, '10.0.0.2')
      if (!duty.ok) throw new Error(duty.code)
      const ended: string[] = []
      accounts.onEnded((id) => ended.push(id))
      expect(await accounts.users.remove(duty.principal.id, admin)).toEqual({ ok: true })
      expect(ended).toEqual([duty.principal.credentialId])
      expect(await accounts.principalOf(duty.token, ['session'])).toBeNull()
      clock.ms += 60_000
      await accounts.users.endExpired()
      expect(await accounts.users.sessions(null)).toEqual([])
      expect(ended).toEqual([duty.principal.credentialId, admin.credentialId])
    })

    test('what cannot be recorded in the audit trail does not happen', async () => {
      const source = await accounts.machines.createSource({ name: 'kept', layers: ['stations'] }, admin)
      await handle.db.schema.alterTable('audit').renameTo('auditAway').execute()
      try {
        await expect(accounts.machines.deleteSource(source.id, admin)).rejects.toThrow()
        await expect(accounts.users.create({ username: 'late', password: PASSWORD, role: 'duty' }, admin)).rejects.toThrow()
        const [account] = await accounts.users.list()
        await expect(accounts.users.change(account?.id ?? '', { password: 'a new long one' }, admin)).rejects.toThrow()
      } finally {
        await handle.db.schema.alterTable('auditAway').renameTo('audit').execute()
      }
      expect(await accounts.principalOf(source.token, ['source'])).not.toBeNull()
      expect((await accounts.users.list()).map(({ username }) => username)).toEqual(['admin'])
      expect((await accounts.users.signIn({ username: 'admin', password: PASSWORD }, '10.0.0.1')).ok).toBe(true)
    })
  })
}
