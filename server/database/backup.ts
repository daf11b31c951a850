import { closeSync, copyFileSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, statSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { DatabaseError } from './database-error.ts'
import { lockFolder } from './folder-lock.ts'
import { MIGRATION_TABLE } from './migrate.ts'
import { MIGRATIONS } from './migrations.ts'
import { databaseFile } from './open-database.ts'

/** What a copy of the database holds. */
export interface BackupFacts {
  readonly file: string
  readonly bytes: number
  /** The log's head. */
  readonly seq: number
  /** UTC milliseconds of its last change; 0 for an empty log. */
  readonly recordedAt: number
}

/** Milliseconds to wait for a lock of the server. */
const BUSY_TIMEOUT_MS = 10_000

/**
 * Copies a data folder's database as it stands at one instant, whole and checked, while a server may be writing to it.
 * The target appears only when it is complete.
 */
export function backUp(dataDir: string, target: string): BackupFacts {
  const file = databaseFile(dataDir)
  if (!existsSync(file)) throw new DatabaseError('unreachable', `there is no database in ${dataDir}`)
  if (existsSync(target)) throw new DatabaseError('unreachable', `${target} is there already`)
  mkdirSync(path.dirname(target), { recursive: true, mode: 0o700 })
  const unfinished = `${target}.unfinished`
  rmSync(unfinished, { force: true })
  try {
    const source = new DatabaseSync(file, { readOnly: true, timeout: BUSY_TIMEOUT_MS })
    try {
      source.prepare('vacuum into ?').run(unfinished)
    } finally {
      source.close()
    }
    const facts = inspect(unfinished)
    sync(unfinished)
    renameSync(unfinished, target)
    return { ...facts, file: target }
  } finally {
    rmSync(unfinished, { force: true })
  }
}

/**
 * Puts a backup in the place of a data folder's database. No server may be running on it; what was there is kept beside.
 * The log gets a new epoch, because seqs after the backup's head will be given again, and everybody signs in again.
 * @throws DatabaseError `folder_in_use`, `newer_database`, `unreachable`
 */
export function restore(backup: string, dataDir: string): BackupFacts & { readonly kept: string | null; readonly epoch: string } {
  const lock = lockFolder(dataDir)
  const file = databaseFile(dataDir)
  const incoming = `${file}.restoring`
  try {
    try {
      copyFileSync(backup, incoming)
    } catch (cause) {
      throw new DatabaseError('unreachable', `${backup} cannot be read, or there is no room for it in ${dataDir}`, { cause })
    }
    const facts = inspect(incoming, backup)
    const epoch = crypto.randomUUID()
    const database = new DatabaseSync(incoming)
    try {
      database.prepare('update "logHead" set "epoch" = ?').run(epoch)
      if (hasTable(database, 'sessions')) database.exec('delete from "sessions"')
    } finally {
      database.close()
    }
    sync(incoming)
    const kept = keepApart(file, dataDir)
    renameSync(incoming, file)
    sync(dataDir)
    return { ...facts, file, kept, epoch }
  } finally {
    for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(`${incoming}${suffix}`, { force: true })
    lock.release()
  }
}

/** Moves the present database, with what belongs to it, to a name of its own. */
function keepApart(file: string, dataDir: string): string | null {
  if (!existsSync(file)) return null
  const folder = path.join(dataDir, 'backups')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const kept = path.join(folder, `before-restore-${crypto.randomUUID().slice(0, 8)}.sqlite`)
  for (const suffix of ['-wal', '-shm', ''])
    if (existsSync(`${file}${suffix}`)) renameSync(`${file}${suffix}`, `${kept}${suffix}`)
  return kept
}

/**
 * @param name what messages call it
 * @throws DatabaseError when the file is damaged, of a newer version, or not ours
 */
function inspect(file: string, name = file): Omit<BackupFacts, 'file'> {
  let database: DatabaseSync | null = null
  try {
    database = new DatabaseSync(file, { readOnly: true })
    const verdict = database.prepare('pragma quick_check(1)').get()
    if (verdict?.['quick_check'] !== 'ok') throw new DatabaseError('unreachable', `${name} is damaged`)
    if (!hasTable(database, MIGRATION_TABLE) || !hasTable(database, 'logHead')) {
      throw new DatabaseError('unreachable', `${name} is not a database of this server`)
    }
    const steps = database.prepare(`select "name" from "${MIGRATION_TABLE}"`).all()
    const unknown = steps.find(({ name }) => MIGRATIONS[String(name)] === undefined)
    if (unknown !== undefined) throw new DatabaseError('newer_database', `${name} was written by a newer version`)
    const head = database.prepare('select "seq", "recordedAt" from "logHead"').get()
    return { bytes: statSync(file).size, seq: Number(head?.['seq'] ?? 0), recordedAt: Number(head?.['recordedAt'] ?? 0) }
  } catch (cause) {
    if (cause instanceof DatabaseError) throw cause
    throw new DatabaseError('unreachable', `${name} cannot be read as a database`, { cause })
  } finally {
    database?.close()
  }
}

function hasTable(database: DatabaseSync, name: string): boolean {
  return database.prepare(`select 1 from "sqlite_schema" where "type" = 'table' and "name" = ?`).get(name) !== undefined
}

/** Makes what was written durable before anything relies on it. */
function sync(file: string): void {
  const descriptor = openSync(file, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
