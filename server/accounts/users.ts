import type { Role } from '../../shared/domain/roles.ts'
import {
  countEnabled,
  deleteUser,
  expiredSessions,
  insertSession,
  insertUser,
  deleteSession,
  deleteSessionsOf,
  listSessions,
  listUsers,
  updateUser,
  userById,
  userByName,
} from '../database/accounts.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { UsersTable } from '../database/tables/accounts.ts'
import { createSignInAttempts } from './attempts.ts'
import type { Audit, AuditEntry } from './audit.ts'
import type { Endings } from './endings.ts'
import { hashPassword, NOBODY, verifyHash } from './hashes.ts'
import type { Principal, UserPrincipal } from './principal.ts'
import { newId, newToken } from './tokens.ts'

/** An account as administrators see it. Times are UTC milliseconds. */
export interface Account {
  readonly id: string
  readonly username: string
  readonly role: Role
  readonly disabled: boolean
  readonly createdAt: number
}

export type SignInOutcome =
  | { readonly ok: true; readonly token: string; readonly principal: UserPrincipal }
  | { readonly ok: false; readonly code: 'bad_credentials' }
  | { readonly ok: false; readonly code: 'too_many_attempts'; readonly waitMs: number }

export type ChangeOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly code: 'not_found' | 'last_admin' | 'bad_credentials' }

/** A name as it is stored and compared: NFKC, lower case, without space around it. */
export const normaliseUsername = (username: string): string => username.normalize('NFKC').trim().toLowerCase()

/** A wall that is signed in rather than paired exists in the demo only; it should not need hands every day. */
const WALL_SESSION_MS = 30 * 24 * 3_600_000

interface UsersOptions {
  readonly db: DatabaseHandle['db']
  readonly audit: Audit
  readonly endings: Endings
  readonly sessionMs: number
  readonly now: () => number
}

export type Users = ReturnType<typeof createUsers>

/** People and their sessions. Whatever takes a right away ends the sessions first in the store, then everywhere. */
export function createUsers({ db, audit, endings, sessionMs, now }: UsersOptions) {
  const attempts = createSignInAttempts(now)

  type Store = Parameters<typeof userById>[0]

  const isLastAdmin = async (store: Store, user: { role: string; disabled: number }): Promise<boolean> =>
    user.role === 'admin' && user.disabled === 0 && (await countEnabled(store, 'admin')) === 1

  async function startSession(
    user: { id: string; username: string },
    role: Role,
    action: 'session.start' | 'setup.admin',
  ): Promise<{ token: string; principal: UserPrincipal }> {
    const { id, token, tokenHash } = await newToken('session')
    const createdAt = now()
    const expiresAt = createdAt + (role === 'wall' ? WALL_SESSION_MS : sessionMs)
    const principal: UserPrincipal = { kind: 'user', id: user.id, name: user.username, credentialId: id, role, expiresAt }
    await audit.audited(
      (transaction) => insertSession(transaction, { id, tokenHash, userId: user.id, createdAt, expiresAt }),
      () => ({ actor: principal, action, subject: `users/${user.id}` }),
    )
    return { token, principal }
  }

  /** Does something to an account that ends its sessions: all in one transaction, and then everywhere. */
  async function act(
    id: string,
    work: (store: Store, user: UsersTable) => Promise<'last_admin' | null>,
    entryOf: (user: UsersTable) => AuditEntry,
  ): Promise<ChangeOutcome> {
    const done = await audit.audited(
      async (transaction) => {
        const user = await userById(transaction, id)
        if (user === undefined) return { refused: 'not_found' } as const
        const open = await listSessions(transaction, id)
        const refused = await work(transaction, user)
        if (refused !== null) return { refused }
        await deleteSessionsOf(transaction, id)
        return { refused: null, user, ended: open.map((session) => session.id) }
      },
      (result) => (result.refused === null ? entryOf(result.user) : null),
    )
    if (done.refused !== null) return { ok: false, code: done.refused }
    for (const sessionId of done.ended) endings.end(sessionId)
    return { ok: true }
  }

  return {
    /** Adds an account; `taken` when the name is in use. */
    async create(input: { username: string; password: string; role: Role }, actor: Principal | null): Promise<Account | 'taken'> {
      const id = newId()
      const at = now()
      const username = normaliseUsername(input.username)
      const passwordHash = await hashPassword(input.password)
      const { role } = input
      const done = await audit.audited(
        (transaction) => insertUser(transaction, { id, username, passwordHash, role, disabled: 0, createdAt: at, changedAt: at }),
        (result) =>
          result === 'taken' ? null : { actor, action: 'user.create', subject: `users/${id}`, details: { username, role } },
      )
      if (done === 'taken') return 'taken'
      return { id, username, role, disabled: false, createdAt: at }
    },

    async list(): Promise<Account[]> {
      const rows = await listUsers(db)
      return rows.map(({ id, username, role, disabled, createdAt }) => ({
        id,
        username,
        role: role as Role,
        disabled: disabled !== 0,
        createdAt,
      }))
    },

    /** Whether this is the password of an account; for the server itself, not for whoever asks from outside. */
    async hasPassword(id: string, password: string): Promise<boolean> {
      const user = await userById(db, id)
      return user !== undefined && (await verifyHash(password, user.passwordHash))
    },

    /** Whether anyone can administer this server. */
    hasAdmin: async (): Promise<boolean> => (await countEnabled(db, 'admin')) > 0,

    /** A change of role, password or access ends every session of the account. */
    async change(
      id: string,
      changes: { role?: Role | undefined; password?: string | undefined; disabled?: boolean | undefined },
      actor: Principal | null,
    ): Promise<ChangeOutcome> {
      const losesAdmin = (changes.role !== undefined && changes.role !== 'admin') || changes.disabled === true
      const passwordHash = changes.password === undefined ? undefined : await hashPassword(changes.password)
      return act(
        id,
        async (store, user) => {
          if (losesAdmin && (await isLastAdmin(store, user))) return 'last_admin'
          await updateUser(store, id, {
            changedAt: Math.max(now(), user.changedAt + 1),
            ...(changes.role === undefined ? {} : { role: changes.role }),
            ...(changes.disabled === undefined ? {} : { disabled: changes.disabled ? 1 : 0 }),
            ...(passwordHash === undefined ? {} : { passwordHash }),
          })
          return null
        },
        (user) => ({
          actor,
          action: 'user.change',
          subject: `users/${id}`,
          details: {
            ...(changes.role === undefined ? {} : { from: user.role, role: changes.role }),
            ...(changes.disabled === undefined ? {} : { disabled: changes.disabled }),
            ...(passwordHash === undefined ? {} : { password: true }),
          },
        }),
      )
    },

    remove(id: string, actor: Principal): Promise<ChangeOutcome> {
      return act(
        id,
        async (store, user) => {
          if (await isLastAdmin(store, user)) return 'last_admin'
          await deleteUser(store, id)
          return null
        },
        ({ username }) => ({ actor, action: 'user.delete', subject: `users/${id}`, details: { username } }),
      )
    },

    /** A person's own new password; the session that asks ends with the others. */
    async changeOwnPassword(principal: UserPrincipal, current: string, next: string): Promise<ChangeOutcome> {
      const user = await userById(db, principal.id)
      if (user === undefined) return { ok: false, code: 'not_found' }
      if (!(await verifyHash(current, user.passwordHash))) return { ok: false, code: 'bad_credentials' }
      return this.change(principal.id, { password: next }, principal)
    },

    /** @param address where the request comes from, for the limit by failures */
    async signIn(input: { username: string; password: string }, address: string): Promise<SignInOutcome> {
      const username = normaliseUsername(input.username)
      const waitMs = attempts.waitMs(username, address)
      if (waitMs > 0) return { ok: false, code: 'too_many_attempts', waitMs }
      attempts.failed(username, address)
      const user = await userByName(db, username)
      const right = await verifyHash(input.password, user?.passwordHash ?? NOBODY)
      if (user === undefined || !right || user.disabled !== 0) return { ok: false, code: 'bad_credentials' }
      attempts.succeeded(username, address)
      const session = await startSession(user, user.role as Role, 'session.start')
      if ((await userById(db, user.id))?.changedAt !== user.changedAt) {
        await deleteSession(db, session.principal.credentialId) // The account changed while its old password was checked.
        return { ok: false, code: 'bad_credentials' }
      }
      return { ok: true, ...session }
    },

    /** A session for an account that was just made, without its password. */
    startSession,

    sessions: (userId: string | null) => listSessions(db, userId),

    /** Ends a session, by its person or by an administrator; false when there is none. */
    async endSession(id: string, actor: Principal): Promise<boolean> {
      const action = actor.credentialId === id ? 'session.end' : 'session.revoke'
      const done = await audit.audited(
        (transaction) => deleteSession(transaction, id),
        (wasThere) => (wasThere ? { actor, action, subject: `sessions/${id}` } : null),
      )
      if (done) endings.end(id)
      return done
    },

    /** Ends the sessions whose time is over; to be called every few seconds. */
    async endExpired(): Promise<void> {
      for (const id of await expiredSessions(db, now())) if (await deleteSession(db, id)) endings.end(id)
    },
  }
}
