import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import pg from 'pg'

import { openDatabase, type DatabaseHandle, type DatabaseOptions } from '../../server/database/open-database.ts'

/** A place for one database: opened, closed and opened again by a test, gone after it. */
export interface StorePlace {
  readonly dataDir: string
  readonly databaseUrl: string | null
  open(options?: Partial<DatabaseOptions>): Promise<DatabaseHandle>
  drop(): Promise<void>
}

export interface StoreDialect {
  readonly name: 'sqlite' | 'postgres'
  readonly available: boolean
  /** What a skipped suite says. */
  readonly why: string
  makePlace(): Promise<StorePlace>
}

const serverUrl = process.env['DATABASE_URL'] ?? 'postgres://postgres@127.0.0.1:5432/postgres'

async function onServer<T>(use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: serverUrl, connectionTimeoutMillis: 3_000 })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

async function serverAnswers(): Promise<boolean> {
  try {
    await onServer((client) => client.query('select 1'))
    return true
  } catch {
    return false // None here: the suite is skipped by name.
  }
}

function placeIn(databaseUrl: string | null, dropDatabase: () => Promise<void>): StorePlace {
  const dataDir = mkdtempSync(path.join(tmpdir(), 'lookout-store-'))
  const open = new Set<DatabaseHandle>()
  return {
    dataDir,
    databaseUrl,
    async open(options = {}) {
      const handle = await openDatabase({ dataDir, databaseUrl, ...options })
      open.add(handle)
      const close = async () => {
        if (open.delete(handle)) await handle.close()
      }
      return { ...handle, close }
    },
    async drop() {
      for (const handle of open) await handle.close()
      await dropDatabase()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

/** The dialects that the store is tested on; PostgreSQL at DATABASE_URL or on this machine, if it answers. */
export async function storeDialects(): Promise<StoreDialect[]> {
  return [
    { name: 'sqlite', available: true, why: '', makePlace: () => Promise.resolve(placeIn(null, () => Promise.resolve())) },
    {
      name: 'postgres',
      available: await serverAnswers(),
      why: 'needs PostgreSQL at DATABASE_URL or 127.0.0.1:5432',
      async makePlace() {
        const name = `lookout_test_${randomUUID().replaceAll('-', '')}`
        await onServer((client) => client.query(`create database ${name}`))
        const url = new URL(serverUrl)
        url.pathname = `/${name}`
        return placeIn(url.href, async () => {
          await onServer((client) => client.query(`drop database ${name} with (force)`))
        })
      },
    },
  ]
}
