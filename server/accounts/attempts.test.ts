import { expect, test } from 'vitest'

import {
  ACCOUNT_LIMIT,
  ADDRESS_LIMIT,
  addressClass,
  createSignInAttempts,
  createTryLimit,
  FORGET_MS,
  PAIR_LIMIT,
} from './attempts.ts'

function make() {
  const clock = { ms: 1_000_000 }
  const attempts = createSignInAttempts(() => clock.ms)
  const fail = (account: string, address: string, times = 1): void => {
    for (let count = 0; count < times; count += 1) attempts.failed(account, address)
  }
  return { clock, attempts, fail }
}

test('the wait grows with each further failure, has an end, and is forgotten after a quiet while', () => {
  const { clock, attempts, fail } = make()
  fail('duty', '10.0.0.1', PAIR_LIMIT - 1)
  expect(attempts.waitMs('duty', '10.0.0.1')).toBe(0)
  fail('duty', '10.0.0.1')
  const first = attempts.waitMs('duty', '10.0.0.1')
  fail('duty', '10.0.0.1')
  expect(attempts.waitMs('duty', '10.0.0.1')).toBe(2 * first)
  fail('duty', '10.0.0.1', 30)
  expect(attempts.waitMs('duty', '10.0.0.1')).toBe(FORGET_MS)
  clock.ms += FORGET_MS
  expect(attempts.waitMs('duty', '10.0.0.1')).toBe(0)
})

test('an address that guesses over many accounts waits, but whoever signed in from it before does not', () => {
  const { attempts, fail } = make()
  attempts.failed('duty', '10.0.0.1')
  attempts.succeeded('duty', '10.0.0.1')
  for (let count = 0; count < ADDRESS_LIMIT; count += 1) fail(`name${count}`, '10.0.0.1')
  expect(attempts.waitMs('another', '10.0.0.1')).toBeGreaterThan(0)
  expect(attempts.waitMs('duty', '10.0.0.1')).toBe(0)
  expect(attempts.waitMs('another', '10.0.0.2')).toBe(0)
})

test('an account attacked from many addresses still lets its owner try, from anywhere', () => {
  const { attempts, fail } = make()
  for (let count = 0; count < ACCOUNT_LIMIT; count += 1) fail('duty', `203.0.113.${count}`)
  expect(attempts.waitMs('duty', '198.51.100.1')).toBe(0)
  fail('duty', '198.51.100.1')
  expect(attempts.waitMs('duty', '198.51.100.1')).toBeGreaterThan(0)
})

test('signing in rightly costs nothing, however often', () => {
  const { attempts } = make()
  for (let count = 0; count < 500; count += 1) {
    attempts.failed('wall', '10.0.0.1')
    attempts.succeeded('wall', '10.0.0.1')
  }
  expect(attempts.waitMs('wall', '10.0.0.1')).toBe(0)
  expect(attempts.waitMs('other', '10.0.0.1')).toBe(0)
})

test('an IPv6 network of 64 bits is one address, and IPv4 inside IPv6 is IPv4', () => {
  expect(addressClass('2001:db8:1:2:3:4:5:6')).toBe(addressClass('2001:db8:1:2::9'))
  expect(addressClass('2001:db8:1:2::9')).not.toBe(addressClass('2001:db8:1:3::9'))
  expect(addressClass('::ffff:10.0.0.1')).toBe('10.0.0.1')
})

test('a try limit opens again when its window is over', () => {
  const clock = { ms: 0 }
  const limit = createTryLimit(2, 1_000, () => clock.ms)
  expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([0, 0, 1_000, 0])
  clock.ms = 1_000
  expect(limit.take('a')).toBe(0)
})
