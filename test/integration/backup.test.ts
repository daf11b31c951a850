import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backUp, restore } from '../../server/database/backup.ts'
import { MIGRATIONS } from '../../server/database/migrations.ts'
import { databaseFile, openDatabase } from '../../server/database/open-database.ts'
import { openChangeLog } from '../../server/journal/change-log.ts'
import type { Change } from '../../shared/world/change.ts'

const GOLDEN = new URL('../compat/golden/database-0001.sqlite', import.meta.url)
const script = (name: string) => path.join(import.meta.dirname, '../../scripts', name)

let dataDir = ''
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'lookout-backup-'))
})
afterEach(() => rmSync(dataDir, { recursive: true, force: true }))

const change = (seq: number): Change => ({
  seq,
  recordedAt: 1_000 + seq,
  observedAt: 1_000,
  layer: 'merchants',
  id: `m-${seq}`,
  op: 'put',
  fields: { name: 'x', position: [114.65, 33.62] },
})
const changes = (from: number, count: number) => ({
  from,
  changes: Array.from({ length: count }, (_, index) => change(from + index)),
})
async function withLog<T>(use: (log: Awaited<ReturnType<typeof openChangeLog>>) => Promise<T>): Promise<T> {
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  const log = await openChangeLog(handle)
  try {
    return await use(log)
  } finally {
    await log.close()
    await handle.close()
  }
}
const run = (name: string, ...args: string[]) =>
  execFileSync(process.execPath, [script(name), ...args], {
    env: { DATA_DIR: dataDir, PATH: '' },
    encoding: 'utf8',
    stdio: 'pipe',
  })

describe('backup and restore', () => {
  it('copies a database that is being written to, and gives it back with a new epoch', async () => {
    const copy = path.join(dataDir, 'copy.sqlite')
    const epoch = await withLog(async (log) => {
      await log.append(changes(1, 50))
      const writing = (async () => {
        for (let from = 51; from < 550; from += 50) await log.append(changes(from, 50))
      })()
      const output = run('backup.ts', copy)
      await writing
      expect(output).toContain('keys')
      expect(await log.head()).toBe(550)
      return log.epoch
    })
    const kept = restore(copy, dataDir)
    expect(kept.seq % 50).toBe(0)
    await withLog(async (log) => {
      expect(log.epoch).not.toBe(epoch)
      expect(await log.head()).toBe(kept.seq)
      expect((await log.loadWorld()).seq).toBe(kept.seq)
      await log.append(changes(kept.seq + 1, 1))
    })
    // What the restore replaced is whole too.
    expect(restore(kept.kept ?? '', dataDir).seq).toBe(550)
    expect(run('log-verify.ts')).toContain('The chain holds')
  })

  it('refuses to restore under a running server, and what is not a whole backup of ours', async () => {
    const copy = path.join(dataDir, 'copy.sqlite')
    await withLog(async (log) => {
      await log.append(changes(1, 5))
      backUp(dataDir, copy)
      expect(() => restore(copy, dataDir)).toThrow(expect.objectContaining({ code: 'folder_in_use' }))
    })
    const cut = path.join(dataDir, 'cut.sqlite')
    writeFileSync(cut, 'SQLite format 3\0 and then nothing')
    const refused = (name: string) =>
      expect.objectContaining({ code: 'unreachable', message: expect.stringMatching(new RegExp(`^${name} cannot be read`)) })
    expect(() => restore(cut, dataDir)).toThrow(refused(cut))
    const missing = path.join(dataDir, 'missing.sqlite')
    expect(() => restore(missing, dataDir)).toThrow(refused(missing))
    const newer = new DatabaseSync(copy)
    newer.exec(`insert into "schemaMigrations" values ('9999-later', '2030-01-01T00:00:00.000Z')`)
    newer.close()
    expect(() => restore(copy, dataDir)).toThrow(expect.objectContaining({ code: 'newer_database' }))
    expect(readdirSync(dataDir).filter((name) => name.includes('restoring'))).toEqual([])
    await withLog(async (log) => expect(await log.head()).toBe(5))
  })
})

describe('the schema', () => {
  it('comes up from the first one with everything in it, after a backup', async () => {
    cpSync(GOLDEN, databaseFile(dataDir))
    await withLog(async (log) => {
      expect(log.epoch).toBe('0001-golden-epoch')
      const read: Change[] = []
      for await (const batch of log.read(0)) read.push(...batch.changes)
      expect(read).toEqual(changes(1, 12).changes)
      await log.append(changes(13, 1))
    })
    const backups = readdirSync(path.join(dataDir, 'backups'))
    expect(backups).toHaveLength(1)
    expect(backups[0]).toMatch(/^before-0002-accounts-/)
    const handle = await openDatabase({ dataDir, databaseUrl: null })
    expect(handle.schemaVersion).toBe(Object.keys(MIGRATIONS).length)
    await handle.close()
    expect(readdirSync(path.join(dataDir, 'backups'))).toHaveLength(1)
  })

  it('is refused when it is newer than this version, and left as it is', async () => {
    const handle = await openDatabase({ dataDir, databaseUrl: null })
    await handle.close()
    const database = new DatabaseSync(databaseFile(dataDir))
    database.exec(`insert into "schemaMigrations" values ('9999-later', '2030-01-01T00:00:00.000Z')`)
    database.close()
    await expect(openDatabase({ dataDir, databaseUrl: null })).rejects.toMatchObject({ code: 'newer_database' })
    expect(existsSync(path.join(dataDir, 'backups'))).toBe(false)
  })

  it('is changed by a step as a whole or not at all', async () => {
    const first = Object.fromEntries(Object.entries(MIGRATIONS).slice(0, 1))
    const failing = {
      ...first,
      '0002-fails': {
        up: async (db: Parameters<(typeof MIGRATIONS)[string]['up']>[0]) => {
          await db.schema.createTable('halfway').addColumn('id', 'integer').execute()
          throw new Error('the step fails')
        },
      },
    }
    await (await openDatabase({ dataDir, databaseUrl: null, migrations: first })).close()
    await expect(openDatabase({ dataDir, databaseUrl: null, migrations: failing })).rejects.toThrow('the step fails')
    const database = new DatabaseSync(databaseFile(dataDir))
    expect(database.prepare(`select count(*) as "count" from "sqlite_schema" where "name" = 'halfway'`).get()).toMatchObject({
      count: 0,
    })
    database.close()
    await (await openDatabase({ dataDir, databaseUrl: null, migrations: first })).close()
  })
})
