import { randomInt } from 'node:crypto'

import { addressClass, createTryLimit } from './attempts.ts'
import { fingerprint } from './hashes.ts'
import type { UserPrincipal } from './principal.ts'
import type { Users } from './users.ts'

/** 31^16 codes are 79 bits. */
const LETTERS = '23456789ABCDEFGHJKMNPQRSTUVWXYZ'
const LENGTH = 16
/** Tries in a minute from one address: the code cannot be guessed anyway. */
const TRIES_A_MINUTE = 10

export type SetupOutcome =
  | { readonly ok: true; readonly token: string; readonly principal: UserPrincipal }
  | { readonly ok: false; readonly code: 'already_set_up' | 'wrong_code' | 'name_taken' }
  | { readonly ok: false; readonly code: 'rate_limited'; readonly waitMs: number }

export type Setup = ReturnType<typeof createSetup>

/** The first administrator of a fresh server, by a code that only whoever sees the server's console has. */
export function createSetup({ users, now }: { users: Users; now: () => number }) {
  let codePrint: string | null = null
  const tries = createTryLimit(TRIES_A_MINUTE, 60_000, now)
  const plain = (code: string): string => code.normalize('NFKC').toUpperCase().replace(/[\s-]/g, '')

  return {
    /** A new one-time code to print where there is no administrator yet; null where there is one. */
    async newCode(): Promise<string | null> {
      if (await users.hasAdmin()) return null
      const code = Array.from({ length: LENGTH }, () => LETTERS[randomInt(LETTERS.length)]).join('')
      codePrint = fingerprint(code)
      return code.match(/.{4}/g)?.join('-') ?? code
    },

    /** Whether an administrator is still to be made. */
    isNeeded: async (): Promise<boolean> => !(await users.hasAdmin()),

    /** @param address where the try comes from, for the limit */
    async complete(input: { code: string; username: string; password: string }, address: string): Promise<SetupOutcome> {
      const waitMs = tries.take(addressClass(address))
      if (waitMs > 0) return { ok: false, code: 'rate_limited', waitMs }
      if (await users.hasAdmin()) return { ok: false, code: 'already_set_up' }
      if (codePrint === null || fingerprint(plain(input.code)) !== codePrint) return { ok: false, code: 'wrong_code' }
      const print = codePrint
      codePrint = null
      const account = await users.create({ username: input.username, password: input.password, role: 'admin' }, null)
      if (account === 'taken') {
        codePrint = print
        return { ok: false, code: 'name_taken' }
      }
      const session = await users.startSession(account, 'admin', 'setup.admin')
      return { ok: true, ...session }
    },
  }
}
