import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync } from 'node:sqlite'

import { DatabaseError } from './database-error.ts'

export interface FolderLock {
  release(): void
}

/**
 * One server a data folder. The lock is one of the operating system's on a file, taken through SQLite because Node has
 * none of its own; it ends with the process, however that ends.
 * @throws DatabaseError `folder_in_use`
 */
export function lockFolder(dataDir: string): FolderLock {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(path.join(dataDir, 'server.lock'), { timeout: 0 })
  try {
    database.exec('begin exclusive')
  } catch (cause) {
    database.close()
    throw new DatabaseError('folder_in_use', `another server is using the data folder ${dataDir}`, { cause })
  }
  return { release: () => database.close() }
}
