import { randomInt } from 'node:crypto'

import type { Role } from '../../shared/domain/roles.ts'
import type { Accounts } from '../accounts/accounts.ts'

/** The demo's accounts, named like their roles. */
const DEMO_ROLES = ['duty', 'supervisor', 'office', 'admin', 'wall'] as const satisfies readonly Role[]

/** Without letters that look alike; 31^12 is 59 bits. */
const LETTERS = '23456789abcdefghjkmnpqrstuvwxyz'
const GROUPS = 3
const GROUP_LENGTH = 4

/**
 * Makes the accounts that are missing, with the given password or a random one. A given password becomes that of the
 * demo's accounts that are there, too: whoever starts the demo with one means to sign in with it.
 * @returns what to print once: the names and the password of those that were made; null when all were there
 */
export async function makeDemoAccounts(
  accounts: Accounts,
  given: string | null,
): Promise<{ readonly names: readonly string[]; readonly password: string } | null> {
  const known = new Map((await accounts.users.list()).map(({ username, id }) => [username, id]))
  const missing = DEMO_ROLES.filter((role) => !known.has(role))
  for (const role of DEMO_ROLES) {
    const id = known.get(role)
    if (given === null || id === undefined || (await accounts.users.hasPassword(id, given))) continue
    await accounts.users.change(id, { password: given }, null)
  }
  if (missing.length === 0) return null
  const password = given ?? randomPassword()
  for (const role of missing) await accounts.users.create({ username: role, password, role }, null)
  return { names: missing, password }
}

function randomPassword(): string {
  const letter = (): string => LETTERS[randomInt(LETTERS.length)] ?? ''
  const group = (): string => Array.from({ length: GROUP_LENGTH }, letter).join('')
  return Array.from({ length: GROUPS }, group).join('-')
}
