import { readFileSync, statSync } from 'node:fs'
import { basename, relative, resolve } from 'node:path'
import { z } from 'zod'

/** A case folder that cannot be read as its kind says; the message names file and place. */
export class CaseError extends Error {
  override name = 'CaseError'
}

const LARGEST_FILE_BYTES = 512 * 1024 * 1024

const fileNames = z.record(z.string(), z.string())
const caseSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String).nullish(),
  kind: z.string(),
  files: z.union([z.array(z.union([fileNames, z.string()])), fileNames]).nullish(),
  params: z.record(z.string(), z.unknown()).nullish(),
  tolerance: z.record(z.string(), z.unknown()).nullish(),
})

/** One case: where it is, what it is, its file sets by role, parameters and numeric tolerances. */
export type Case = {
  folder: string
  id: string
  kind: string
  fileSets: Record<string, string>[]
  params: Record<string, unknown>
  tolerance: Record<string, number>
}

/** Path of a file of a case; a name written with backslashes means the same file. */
function pathOf(folder: string, name: string): string {
  const path = resolve(folder, name.replaceAll('\\', '/'))
  if (/^\.\.(\/|$)/.test(relative(resolve(folder), path))) throw new CaseError(`${name}: outside the folder`)
  return path
}

function readText(folder: string, name: string): string {
  const path = pathOf(folder, name)
  const size = statSync(path, { throwIfNoEntry: false })?.size
  if (size === undefined) throw new CaseError(`${name}: missing`)
  if (size > LARGEST_FILE_BYTES) throw new CaseError(`${name}: larger than ${LARGEST_FILE_BYTES} bytes`)
  return readFileSync(path, 'utf8').replace(/^\uFEFF/, '')
}

/** Reads a JSON file of a case and checks its shape. */
export function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(readText(folder, name))
  } catch (error) {
    if (error instanceof CaseError) throw error
    throw new CaseError(`${name}: not JSON`)
  }
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  const issue = parsed.error.issues[0]
  throw new CaseError(`${name}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`)
}

/** Reads case.json. A plain list of file names is taken as one set, each by the role that its name begins with. */
export function readCase(folder: string): Case {
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) throw new CaseError('not a folder')
  const found = readJson(folder, 'case.json', caseSchema)
  const listed = found.files == null ? [] : Array.isArray(found.files) ? found.files : [found.files]
  const sets = listed.filter((entry) => typeof entry !== 'string')
  const loose = listed.filter((entry) => typeof entry === 'string')
  if (loose.length > 0)
    sets.push(Object.fromEntries(loose.map((name) => [basename(name.replaceAll('\\', '/')).replace(/[^a-z].*$/, ''), name])))
  if (sets.length === 0) sets.push({})
  const tolerance: Record<string, number> = {}
  for (const [name, value] of Object.entries(found.tolerance ?? {})) if (typeof value === 'number') tolerance[name] = value
  return { folder, id: found.id ?? basename(folder), kind: found.kind, fileSets: sets, params: found.params ?? {}, tolerance }
}

/** Name of the file with a role in a set: the one listed, else the usual name when it is there, else null. */
export function fileOf(testCase: Case, set: Record<string, string>, role: string, usual: string): string | null {
  const listed = set[role]
  if (listed !== undefined) return listed
  return statSync(pathOf(testCase.folder, usual), { throwIfNoEntry: false }) === undefined ? null : usual
}

/** The same for a file that the kind cannot do without. */
export function neededFile(testCase: Case, set: Record<string, string>, role: string, usual: string): string {
  const name = fileOf(testCase, set, role, usual)
  if (name === null) throw new CaseError(`no file for "${role}" (${usual})`)
  return name
}

/** A CSV file: cells by column, found by heading, so that the order of columns does not matter. */
export class Table {
  readonly name: string
  readonly headings: string[]
  readonly length: number
  private readonly rows: string[][]

  constructor(name: string, text: string) {
    const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '')
    this.name = name
    this.headings = (lines[0] ?? '').split(',').map((heading) => heading.trim())
    if (this.headings.join('') === '') throw new CaseError(`${name}: empty`)
    this.rows = lines.slice(1).map((line, i) => {
      const cells = line.split(',')
      if (cells.length !== this.headings.length)
        throw new CaseError(`${name}: row ${i + 2}: ${cells.length} cells under ${this.headings.length} headings`)
      return cells
    })
    this.length = this.rows.length
  }

  has(heading: string): boolean {
    return this.headings.includes(heading)
  }

  /** Texts of a column. */
  texts(heading: string): string[] {
    const at = this.headings.indexOf(heading)
    if (at < 0) throw new CaseError(`${this.name}: no column "${heading}"`)
    return this.rows.map((row) => (row[at] ?? '').trim())
  }

  /** Numbers of a column; blank, NA, NaN and null are NaN. */
  numbersOrBlank(heading: string): Float64Array {
    return Float64Array.from(this.texts(heading), (text, i) => {
      if (text === '' || /^(na|nan|null|none)$/i.test(text)) return Number.NaN
      if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith('-') ? -Infinity : Infinity
      const value = Number(text)
      if (Number.isNaN(value)) throw new CaseError(`${this.name}: row ${i + 2}: ${heading} "${text}" is not a number`)
      return value
    })
  }

  /** Numbers of a column that has no blanks. */
  numbers(heading: string): Float64Array {
    const values = this.numbersOrBlank(heading)
    const blank = values.findIndex((value) => !Number.isFinite(value))
    if (blank >= 0) throw new CaseError(`${this.name}: row ${blank + 2}: ${heading} is not a finite number`)
    return values
  }

  /** Row number by the text of a column, each once. */
  rowsBy(heading: string): Map<string, number> {
    const rows = new Map<string, number>()
    for (const [i, id] of this.texts(heading).entries()) {
      if (rows.has(id)) throw new CaseError(`${this.name}: row ${i + 2}: ${heading} "${id}" a second time`)
      rows.set(id, i)
    }
    return rows
  }
}

/** Reads a CSV file of a case. */
export function readTable(folder: string, name: string): Table {
  return new Table(name, readText(folder, name))
}
