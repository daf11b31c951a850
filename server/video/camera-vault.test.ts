import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openCameraVault } from './camera-vault.ts'

const keyPath = (): string => join(mkdtempSync(join(tmpdir(), 'vault-')), 'keys', 'camera.key')
const URL_TEXT = 'rtsp://viewer:机密@10.0.0.7/cam1'

test('what is sealed opens again with the same key file, which only its owner may read', () => {
  const path = keyPath()
  const sealed = openCameraVault(path).seal(URL_TEXT, 'cam1/url')
  expect(openCameraVault(path).open(sealed, 'cam1/url')).toBe(URL_TEXT)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(sealed).not.toContain('viewer')
})

test('the same text is sealed differently each time', () => {
  const vault = openCameraVault(keyPath())
  expect(vault.seal(URL_TEXT, 'a')).not.toBe(vault.seal(URL_TEXT, 'a'))
})

test('another key, another row or a changed byte opens nothing', () => {
  const vault = openCameraVault(keyPath())
  const sealed = vault.seal(URL_TEXT, 'cam1/url')
  expect(openCameraVault(keyPath()).open(sealed, 'cam1/url')).toBeNull()
  expect(vault.open(sealed, 'cam2/url')).toBeNull()
  expect(vault.open(`${sealed.slice(0, -2)}AA`, 'cam1/url')).toBeNull()
  expect(vault.open('v1.x', 'cam1/url')).toBeNull()
})

test('a key file that holds no key is refused instead of replaced', () => {
  const path = keyPath()
  openCameraVault(path)
  writeFileSync(path, 'short')
  expect(() => openCameraVault(path)).toThrow('does not hold a key')
  expect(readFileSync(path, 'utf8')).toBe('short')
})
