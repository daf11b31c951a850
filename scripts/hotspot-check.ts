import { readdirSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { checkFolder } from './hotspot-check/check-folder.ts'

/**
 * Checks folders of hotspot reference cases (format: the README beside them): one line each with id, kind, largest
 * deviation, and `ok` or what differs. Exit 1 when any is over its tolerance or not understood. A folder of case folders
 * stands for all of them, a case.json for its folder, and files beside them that a wildcard took in are passed over.
 */
const USAGE = 'usage: npm run --silent hotspot:check -- FOLDER…\n'

const isCase = (folder: string): boolean => statSync(join(folder, 'case.json'), { throwIfNoEntry: false })?.isFile() === true

function casesIn(path: string): string[] {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found?.isFile() === true) {
    if (basename(path) === 'case.json') return [dirname(path)]
    process.stderr.write(`${path}: not a folder, passed over\n`)
    return []
  }
  if (found === undefined || isCase(path)) return [path]
  const inside = readdirSync(path)
    .toSorted()
    .map((name) => join(path, name))
    .filter(isCase)
  return inside.length > 0 ? inside : [path]
}

const folders = process.argv.slice(2).flatMap(casesIn)
if (folders.length === 0) {
  process.stderr.write(USAGE)
  process.exitCode = 1
}
for (const folder of folders) {
  const report = checkFolder(folder)
  process.stdout.write(`${report.line}\n`)
  if (!report.ok) process.exitCode = 1
}
