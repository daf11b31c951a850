import ipaddr from 'ipaddr.js'

/** Failures are forgotten after this long without a new one, in milliseconds. */
export const FORGET_MS = 15 * 60_000
/** Wrong passwords for one account from one address before it has to wait. */
export const PAIR_LIMIT = 5
/** Failures from one address over all accounts: far above a duty room behind one address, far below a guesser. */
export const ADDRESS_LIMIT = 60
/** Failures on one account from everywhere; beyond it an address new to the account has one try instead of five. */
export const ACCOUNT_LIMIT = 60
/** The wait after the first failure over a limit; it doubles with each further one, up to {@link FORGET_MS}. */
export const FIRST_WAIT_MS = 10_000
/** Accounts and addresses remembered; the ones longest untouched go first. */
const MAX_REMEMBERED = 20_000

interface Failures {
  count: number
  lastAt: number
}

/**
 * Limits sign-in by failures. One account from one address waits after a few; so does one address over all accounts, but
 * not for accounts that signed in from it before; an attack on an account from many addresses never locks its owner out.
 */
export interface SignInAttempts {
  /** Milliseconds to wait before the next try; 0: go ahead. */
  waitMs(account: string, address: string): number
  /** Counts a try as failed; called before the password is looked at, so that many tries at once do not slip through. */
  failed(account: string, address: string): void
  /** The try just counted was right after all. */
  succeeded(account: string, address: string): void
}

/** @param now UTC milliseconds */
export function createSignInAttempts(now: () => number): SignInAttempts {
  const pairs = createMemory<Failures>()
  const addresses = createMemory<Failures>()
  const accounts = createMemory<Failures>()
  const known = createMemory<true>()
  const pairKey = (account: string, address: string): string => `${account}\n${addressClass(address)}`

  const current = (memory: Memory<Failures>, key: string): Failures => {
    const failures = memory.get(key)
    return failures === undefined || now() - failures.lastAt >= FORGET_MS ? { count: 0, lastAt: 0 } : failures
  }
  const wait = ({ count, lastAt }: Failures, limit: number): number => {
    if (count < limit) return 0
    const total = Math.min(FORGET_MS, FIRST_WAIT_MS * 2 ** Math.min(count - limit, 10))
    return Math.max(0, lastAt + total - now())
  }
  const add = (memory: Memory<Failures>, key: string): void => {
    memory.set(key, { count: current(memory, key).count + 1, lastAt: now() })
  }

  const takeBack = (memory: Memory<Failures>, key: string): void => {
    const { count, lastAt } = current(memory, key)
    if (count > 0) memory.set(key, { count: count - 1, lastAt })
  }

  return {
    waitMs(account, address) {
      const pair = pairKey(account, address)
      const isKnown = known.get(pair) !== undefined
      const attacked = !isKnown && current(accounts, account).count >= ACCOUNT_LIMIT
      const byPair = wait(current(pairs, pair), attacked ? 1 : PAIR_LIMIT)
      return isKnown ? byPair : Math.max(byPair, wait(current(addresses, addressClass(address)), ADDRESS_LIMIT))
    },
    failed(account, address) {
      add(pairs, pairKey(account, address))
      add(addresses, addressClass(address))
      add(accounts, account)
    },
    succeeded(account, address) {
      const pair = pairKey(account, address)
      pairs.delete(pair)
      takeBack(addresses, addressClass(address))
      takeBack(accounts, account)
      known.set(pair, true)
    },
  }
}

/** A counter of tries by key, for codes: at most `limit` in `windowMs`, then a wait. */
export interface TryLimit {
  /** Counts one try; the milliseconds to wait when it is over the limit, else 0. */
  take(key: string): number
}

export function createTryLimit(limit: number, windowMs: number, now: () => number): TryLimit {
  const tries = createMemory<{ count: number; since: number }>()
  return {
    take(key) {
      const found = tries.get(key)
      const entry = found === undefined || now() - found.since >= windowMs ? { count: 0, since: now() } : found
      if (entry.count >= limit) return entry.since + windowMs - now()
      tries.set(key, { count: entry.count + 1, since: entry.since })
      return 0
    },
  }
}

/** An address as limits see it: an IPv6 network of 64 bits is one subscriber. */
export function addressClass(address: string): string {
  if (!ipaddr.isValid(address)) return address
  const parsed = ipaddr.process(address)
  return parsed.kind() === 'ipv6' ? parsed.toNormalizedString().split(':').slice(0, 4).join(':') : parsed.toString()
}

interface Memory<V> {
  get(key: string): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

/** A map that forgets what was set longest ago when it is full. */
function createMemory<V>(): Memory<V> {
  const entries = new Map<string, V>()
  return {
    get: (key) => entries.get(key),
    set(key, value) {
      entries.delete(key)
      entries.set(key, value)
      if (entries.size <= MAX_REMEMBERED) return
      const oldest = entries.keys().next()
      if (oldest.done !== true) entries.delete(oldest.value)
    },
    delete: (key) => void entries.delete(key),
  }
}
