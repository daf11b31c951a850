import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

import { afterEach, beforeEach, expect, it } from 'vitest'

import { databaseFile, openDatabase } from '../../server/database/open-database.ts'
import { startJournalThread, type JournalThread } from '../../server/journal/journal-thread.ts'

let dataDir = ''
let thread: JournalThread
beforeEach(() => {
  dataDir = mkdtempSync(path.join(tmpdir(), 'lookout-thread-'))
  thread = startJournalThread({ dialect: 'sqlite', file: databaseFile(dataDir) })
})
afterEach(async () => {
  await thread.close()
  rmSync(dataDir, { recursive: true })
})

it('a journal thread that could not live is started again by the next question', async () => {
  // No database there: the thread ends as it begins.
  await expect(thread.ask<'seal'>({ kind: 'seal' })).rejects.toThrow()
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  expect(await thread.ask<'seal'>({ kind: 'seal' })).toBeNull()
  expect(await thread.ask<'seal'>({ kind: 'seal' })).toBeNull()
  await handle.close()
})

it('a closed journal answers nothing and does not start again', async () => {
  const handle = await openDatabase({ dataDir, databaseUrl: null })
  expect(await thread.ask<'seal'>({ kind: 'seal' })).toBeNull()
  await thread.close()
  await expect(thread.ask<'seal'>({ kind: 'seal' })).rejects.toThrow('closed')
  await handle.close()
})
