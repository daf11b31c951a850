import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { configurationPage, environmentExample } from './document-config.ts'
import { isLoopback, loadConfig } from './load-config.ts'

const noFile = (): string => {
  throw new Error('no file')
}
const load = (env: Record<string, string>) => {
  const result = loadConfig(env, noFile)
  if (!result.ok) throw new Error(JSON.stringify(result.problems))
  return result
}

test('an empty environment is the loopback server of the two commands', () => {
  const { config, warnings } = load({})
  expect(config).toMatchObject({
    host: '127.0.0.1',
    port: 8080,
    dataDir: './data',
    databaseUrl: null,
    tls: null,
    logLevel: 'info',
  })
  expect(config.siteDir).toBe('./data/site')
  expect(config.demo).toEqual({ password: null, rate: 1 })
  expect(config.cameraNetworks).toContain('192.168.0.0/16')
  expect(warnings).toEqual([])
})

test('empty values count as absent', () => {
  expect(load({ PORT: '', DATABASE_URL: ' ' }).config).toMatchObject({ port: 8080, databaseUrl: null })
})

test('every problem is told at once, and no secret with it', () => {
  const result = loadConfig(
    { PORT: '99999', DEMO_RATE: 'fast', DATABASE_URL: 'no address hunter2', PUBLIC_ORIGIN: 'https://a/path', TLS_CERT: 'c.pem' },
    noFile,
  )
  expect(result.ok).toBe(false)
  const text = JSON.stringify(result)
  for (const name of ['PORT', 'DEMO_RATE', 'DATABASE_URL', 'PUBLIC_ORIGIN', 'TLS_KEY']) expect(text).toContain(name)
  expect(text).not.toContain('hunter2')
})

test('a secret may come from a file, and an unreadable one is named', () => {
  const result = loadConfig({ DEMO_PASSWORD_FILE: '/run/secret' }, (path) => `${path}!\n`)
  expect(result.ok && result.config.demo.password).toBe('/run/secret!')
  expect(loadConfig({ DEMO_PASSWORD_FILE: '/run/secret' }, noFile)).toMatchObject({
    ok: false,
    problems: [{ option: 'DEMO_PASSWORD_FILE' }],
  })
})

test('a host that others reach warns plainly without TLS, and not with it', () => {
  expect(load({ HOST: '0.0.0.0' }).warnings.join()).toContain('in clear')
  expect(load({ HOST: '0.0.0.0', TLS_CERT: 'c', TLS_KEY: 'k' }).warnings).toEqual([])
  expect(load({ HOST: '::1' }).warnings).toEqual([])
  expect(load({ HOST: '10.0.0.2', PUBLIC_ORIGIN: 'https://wall.example', TRUSTED_PROXIES: '10.0.0.0/8' }).warnings).toEqual([])
})

test('loopback is recognised in every spelling', () => {
  for (const host of ['localhost', '127.0.0.1', '127.9.9.9', '::1', '[::1]', '::ffff:127.0.0.1'])
    expect(isLoopback(host)).toBe(true)
  for (const host of ['0.0.0.0', '::', '192.168.1.2', 'localhost.example']) expect(isLoopback(host)).toBe(false)
})

test('.env.example and docs/configuration.md are those of the declared options (node scripts/document-config.ts)', () => {
  expect(readFileSync(new URL('../../.env.example', import.meta.url), 'utf8')).toBe(environmentExample())
  expect(readFileSync(new URL('../../docs/configuration.md', import.meta.url), 'utf8')).toBe(configurationPage())
})
