import type { IncomingMessage } from 'node:http'

import { expect, test } from 'vitest'

import { createClientAddress } from './client-address.ts'

const request = (remoteAddress: string, forwarded?: string): IncomingMessage =>
  ({
    socket: { remoteAddress },
    headers: forwarded === undefined ? {} : { 'x-forwarded-for': forwarded },
  }) as unknown as IncomingMessage

test('a stranger’s X-Forwarded-For is not believed', () => {
  expect(createClientAddress([])(request('203.0.113.1', '10.0.0.1'))).toBe('203.0.113.1')
  expect(createClientAddress(['10.0.0.0/8'])(request('203.0.113.1', '10.0.0.1'))).toBe('203.0.113.1')
})

test('behind trusted proxies the nearest untrusted address counts, whatever the client put before it', () => {
  const addressOf = createClientAddress(['10.0.0.0/8', '::1/128'])
  expect(addressOf(request('10.0.0.2', '1.1.1.1, 203.0.113.7, 10.0.0.9'))).toBe('203.0.113.7')
  expect(addressOf(request('::1', '203.0.113.7'))).toBe('203.0.113.7')
  expect(addressOf(request('::ffff:10.0.0.2', '203.0.113.7'))).toBe('203.0.113.7')
  expect(addressOf(request('10.0.0.2'))).toBe('10.0.0.2')
  expect(addressOf(request('10.0.0.2', 'nonsense'))).toBe('10.0.0.2')
})
