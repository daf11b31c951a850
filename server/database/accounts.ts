import type { Kysely } from 'kysely'

import type { Database } from './schema.ts'
import type { DevicesTable, SessionsTable, UsersTable } from './tables/accounts.ts'

type Db = Kysely<Database>

export async function insertUser(db: Db, user: UsersTable): Promise<'inserted' | 'taken'> {
  const done = await db
    .insertInto('users')
    .values(user)
    .onConflict((conflict) => conflict.column('username').doNothing())
    .executeTakeFirst()
  return Number(done.numInsertedOrUpdatedRows ?? 0) === 1 ? 'inserted' : 'taken'
}

export function userByName(db: Db, username: string): Promise<UsersTable | undefined> {
  return db.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirst()
}

export function userById(db: Db, id: string): Promise<UsersTable | undefined> {
  return db.selectFrom('users').selectAll().where('id', '=', id).executeTakeFirst()
}

/** Every account, by name. */
export function listUsers(db: Db): Promise<UsersTable[]> {
  return db.selectFrom('users').selectAll().orderBy('username').execute()
}

export async function updateUser(db: Db, id: string, changes: Partial<Omit<UsersTable, 'id'>>): Promise<void> {
  await db.updateTable('users').set(changes).where('id', '=', id).execute()
}

/** The account and its sessions. */
export async function deleteUser(db: Db, id: string): Promise<void> {
  await db.deleteFrom('sessions').where('userId', '=', id).execute()
  await db.deleteFrom('users').where('id', '=', id).execute()
}

/** How many accounts of a role may sign in. */
export async function countEnabled(db: Db, role: string): Promise<number> {
  const row = await db
    .selectFrom('users')
    .select(({ fn }) => fn.countAll().as('count'))
    .where('role', '=', role)
    .where('disabled', '=', 0)
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function insertSession(db: Db, session: SessionsTable): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
}

/** A session with its person; undefined when either is gone. */
export function sessionWithUser(db: Db, id: string) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .select([
      'sessions.id',
      'sessions.tokenHash',
      'sessions.expiresAt',
      'sessions.userId',
      'users.username',
      'users.role',
      'users.disabled',
    ])
    .where('sessions.id', '=', id)
    .executeTakeFirst()
}

/** Sessions of one person, or of everybody, newest first. */
export function listSessions(db: Db, userId: string | null) {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.userId')
    .select(['sessions.id', 'sessions.userId', 'users.username', 'users.role', 'sessions.createdAt', 'sessions.expiresAt'])
    .$if(userId !== null, (query) => query.where('sessions.userId', '=', userId ?? ''))
    .orderBy('sessions.createdAt', 'desc')
    .execute()
}

export async function deleteSession(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('sessions').where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}

export async function deleteSessionsOf(db: Db, userId: string): Promise<void> {
  await db.deleteFrom('sessions').where('userId', '=', userId).execute()
}

/** The ids of sessions that ended by time. */
export async function expiredSessions(db: Db, nowMs: number): Promise<string[]> {
  const rows = await db.selectFrom('sessions').select('id').where('expiresAt', '<=', nowMs).execute()
  return rows.map(({ id }) => id)
}

export async function insertDevice(db: Db, device: DevicesTable): Promise<void> {
  await db.insertInto('devices').values(device).execute()
}

export function deviceById(db: Db, id: string): Promise<DevicesTable | undefined> {
  return db.selectFrom('devices').selectAll().where('id', '=', id).executeTakeFirst()
}

export function listDevices(db: Db): Promise<DevicesTable[]> {
  return db.selectFrom('devices').selectAll().orderBy('createdAt').execute()
}

export async function deleteDevice(db: Db, id: string): Promise<boolean> {
  const done = await db.deleteFrom('devices').where('id', '=', id).executeTakeFirst()
  return Number(done.numDeletedRows) === 1
}
