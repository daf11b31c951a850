import { expect, test } from 'vitest'

import { createInFlight } from './in-flight.ts'

/** Lets every promise that is ready go on. */
const settled = () => new Promise((resolve) => setImmediate(resolve))

test('work counts until it is done, also when who asked for it hung up long before', async () => {
  const flights = createInFlight(2)
  const gone = AbortSignal.abort()
  const ends: (() => void)[] = []
  const slow = () => new Promise<string>((resolve) => ends.push(() => resolve('done')))
  const first = flights.run('a', gone, slow)
  expect(flights.run('a', gone, slow)).not.toBeNull()
  await settled()
  expect(flights.run('a', gone, slow)).toBeNull()
  // Another session is not held up.
  expect(flights.run('b', gone, slow)).not.toBeNull()
  ends[0]?.()
  expect(await first).toBe('done')
  await settled()
  expect(flights.run('a', gone, slow)).not.toBeNull()
  expect(flights.run('a', gone, slow)).toBeNull()
})

test('an answer counts until it has left; work that fails gives its place back', async () => {
  const flights = createInFlight(1)
  const answer = new AbortController()
  await flights.run('a', answer.signal, () => Promise.resolve())
  await settled()
  expect(flights.run('a', answer.signal, () => Promise.resolve())).toBeNull()
  answer.abort()
  await settled()
  const fails = flights.run('a', AbortSignal.abort(), () => Promise.reject(new Error('no')))
  await expect(fails).rejects.toThrow('no')
  await settled()
  expect(flights.run('a', answer.signal, () => Promise.resolve())).not.toBeNull()
})
