import { readFileSync } from 'node:fs'

import { expect, test } from 'vitest'

import { completed, unnamedOptionals, type Lockfile } from './lockfile.ts'

test('package-lock.json names every optional package, so that npm ci takes it (node scripts/complete-lock.ts)', () => {
  const lockfile = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')) as Lockfile
  expect(unnamedOptionals(lockfile)).toEqual([])
})

test('what was left out is named for its own system', () => {
  const optionalDependencies = { '@a/binding-linux-x64-musl': '1.0.0', '@a/binding-darwin-arm64': '1.0.0' }
  const whole = completed({ packages: { '': {}, 'node_modules/a': { dev: true, license: 'MIT', optionalDependencies } } })
  expect(unnamedOptionals(whole)).toEqual([])
  expect(whole.packages['node_modules/@a/binding-linux-x64-musl']).toEqual({
    version: '1.0.0',
    cpu: ['x64'],
    os: ['linux'],
    libc: ['musl'],
    dev: true,
    license: 'MIT',
    optional: true,
  })
  expect(whole.packages['node_modules/@a/binding-darwin-arm64']).toMatchObject({ cpu: ['arm64'], os: ['darwin'] })
})
