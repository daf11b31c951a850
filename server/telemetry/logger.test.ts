import { expect, test } from 'vitest'

import { createLogger, withoutSecrets } from './logger.ts'

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = []
  write(createLogger('trace', { write: (line) => void lines.push(line) }))
  return lines.join('')
}

test('secrets are redacted by name, however deep they lie', () => {
  const text = logged((log) => {
    log.info({ password: 'hunter2', user: { token: 'hunter2', request: { authorization: 'hunter2' } } }, 'signed in')
    log.warn({ camera: { url: 'rtsp://hunter2', subUrl: 'hunter2' } }, 'camera')
  })
  expect(text).not.toContain('hunter2')
  expect(text).toContain('signed in')
})

test('secrets are redacted by shape in messages and in errors', () => {
  const text = logged((log) => {
    log.error({ err: new Error("cannot open 'rtsp://admin:hunter2@10.0.0.1/live'") }, 'postgres://me:hunter2@db/lookout')
    log.info('Authorization: Bearer hunter2hunter2')
    log.info('src_0123456789abcdef.hunter2hunter2hunter2hunter2')
  })
  expect(text).not.toContain('hunter2')
  expect(text).toContain('10.0.0.1/live')
})

test('plain text stays as it is', () => {
  expect(withoutSecrets('GET https://example.org/a@b took 3 ms')).toBe('GET https://example.org/a@b took 3 ms')
})
