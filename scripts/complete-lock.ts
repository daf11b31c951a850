import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

import { completed, unnamedOptionals, type Lockfile } from './support/lockfile.ts'
import { ROOT } from './support/project.ts'

/** After `npm install`: names in package-lock.json what the registry at hand does not have, see `unnamedOptionals`. */
const file = path.join(ROOT, 'package-lock.json')
const lockfile = JSON.parse(readFileSync(file, 'utf8')) as Lockfile
const missing = unnamedOptionals(lockfile)
if (missing.length > 0) writeFileSync(file, `${JSON.stringify(completed(lockfile), null, 2)}\n`)
process.stdout.write(`${missing.length} optional packages named\n`)
