import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkFolder } from '../../scripts/hotspot-check/check-folder.ts'

const reference = resolve(process.env['REFERENCE_DIR'] ?? '../shared', 'reference/hotspots')

/** Runs the command as an office would, by its npm script, and gives its lines and exit code. */
function run(...folders: string[]): Promise<{ lines: string[]; errors: string; code: number }> {
  return new Promise((done) => {
    const child = execFile('npm', ['run', '--silent', 'hotspot:check', '--', ...folders], (_error, stdout, errors) => {
      done({ lines: stdout.split('\n').filter((line) => line !== ''), errors, code: child.exitCode ?? -1 })
    })
  })
}

describe.skipIf(!existsSync(reference))('hotspot:check on the reference cases', () => {
  let scratch = ''
  let folders: string[] = []

  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'hotspot-check-'))
    const entries = await readdir(reference, { withFileTypes: true })
    folders = entries.filter((entry) => entry.isDirectory()).map((entry) => join(reference, entry.name))
  })
  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true })
  })

  it('finds every case within its tolerance, one line each', async () => {
    const { lines, code } = await run(...folders)
    expect(lines.filter((line) => !line.endsWith(' ok'))).toEqual([])
    expect(lines).toHaveLength(folders.length)
    expect(code).toBe(0)
  })

  it('finds the same with columns and rows in another order, byte order mark and CRLF', async () => {
    for (const folder of folders) {
      const copy = join(scratch, `turned-${folder.split('/').at(-1)}`)
      await cp(folder, copy, { recursive: true })
      for (const name of await readdir(copy)) if (name.endsWith('.csv')) await turn(copy, name)
      expect(checkFolder(copy)).toMatchObject({ ok: true })
    }
  })

  it('fails on a single wrong number in any file of expected numbers', async () => {
    for (const folder of folders) {
      for (const name of (await readdir(folder)).filter((file) => file.startsWith('expected'))) {
        const text = await readFile(join(folder, name), 'utf8')
        const wrong = name.endsWith('.json') ? spoilJson(text) : spoilCsv(text)
        if (wrong === text) throw new Error(`${name} of ${folder} was not changed`)
        const copy = join(scratch, `wrong-${folder.split('/').at(-1)}-${name}`)
        await cp(folder, copy, { recursive: true })
        await writeFile(join(copy, name), wrong)
        expect(checkFolder(copy), `${folder} ${name}`).toMatchObject({ ok: false })
      }
    }
  })
})

/** Reverses the columns; the rows too, where ids and not positions tell them apart. */
async function turn(folder: string, name: string): Promise<void> {
  const rows = (await readFile(join(folder, name), 'utf8'))
    .trim()
    .split('\n')
    .map((line) => line.split(',').reverse().join(','))
  const [head = '', ...body] = rows
  if (name !== 'points.csv' && name !== 'binned.csv') body.reverse()
  await writeFile(join(folder, name), `\uFEFF${[head, ...body].join('\r\n')}\r\n\r\n`)
}

/** The second column with a number that is not 0, in the first row that has one, grows by a thousandth. */
function spoilCsv(text: string): string {
  return text.replace(
    /^((?!id,)[^,\n]+,(?:[^,\n]*,)?)(-?\d*\.\d*[1-9]\d*(?:e[-+]?\d+)?)/m,
    (_all, before: string, number: string) => `${before}${Number(number) * 1.001}`,
  )
}

/** The first string that is a category or number after a colon that counts becomes another. */
function spoilJson(text: string): string {
  if (text.includes('"category": "')) return text.replace(/"category": "[a-z_]+"/, '"category": "none_such"')
  return text
    .replace(
      /("(?:ror|z|p|a|n_reject_05|S)": )(-?[\d.]+(?:e[-+]?\d+)?)/,
      (_all, before: string, number: string) => `${before}${Number(number) * 1.001 + 1e-3}`,
    )
    .replace(/("z": \[\s*)(-[\d.e-]+)/, (_all, before: string, number: string) => `${before}${Number(number) + 1}`)
}

describe('hotspot:check on folders that it cannot take', () => {
  let scratch = ''
  const folder = async (name: string, files: Record<string, string>): Promise<string> => {
    const path = join(scratch, name)
    await mkdir(path)
    for (const [file, text] of Object.entries(files)) await writeFile(join(path, file), text)
    return path
  }
  beforeAll(async () => {
    scratch = await mkdtemp(join(tmpdir(), 'hotspot-folders-'))
  })
  afterAll(async () => {
    await rm(scratch, { recursive: true, force: true })
  })

  it('gives each its own line, goes on, and exits with 1', async () => {
    const gistar =
      '{"id":"one","kind":"gistar","files":[{"cells":"cells.csv","weights":"weights.csv","expected":"expected.csv"}]}'
    const good = {
      'case.json': gistar,
      'cells.csv': 'value,id\n3,a\n3,b\n',
      'weights.csv': 'from,to\na,a\nb,b\na,b\n',
      'expected.csv': 'z,id,gi_bin_fdr\n,a,0\n,b,0\n',
    }
    const made = [
      join(scratch, 'none'),
      await folder('empty', {}),
      await folder('broken', { 'case.json': '{' }),
      await folder('list', { 'case.json': '[]' }),
      await folder('kind', { 'case.json': '{"kind":"constructor"}' }),
      await folder('files', { 'case.json': '{"kind":"gistar"}' }),
      await folder('outside', { ...good, 'case.json': gistar.replace('cells.csv', '../cells.csv') }),
      await folder('text', { ...good, 'cells.csv': 'id,value\na,1\nb,many\n' }),
      await folder('twice', { ...good, 'cells.csv': 'id,value\na,1\na,2\n' }),
      await folder('ragged', { ...good, 'cells.csv': 'id,value\na,1\nb\n' }),
      await folder('stranger', { ...good, 'weights.csv': 'from,to\na,c\n' }),
      await folder('missing-row', { ...good, 'expected.csv': 'id,z\na,\n' }),
      await folder('good', good),
    ]
    const { lines, code } = await run(...made)
    expect(lines).toHaveLength(made.length)
    expect(lines.at(-1)).toBe('one gistar 0 ok')
    for (const line of lines.slice(0, -1)) expect(line).toMatch(/not understood: |differs: /)
    expect(lines[7]).toContain('cells.csv: row 3: value "many" is not a number')
    expect(code).toBe(1)
  })

  it('takes a folder of cases for all of them, a case.json for its folder, and passes over files beside them', async () => {
    const listed = '{"id":"one","kind":"gistar","files":null,"params":null,"tolerance":null}'
    const good = {
      'case.json': listed,
      'cells.csv': 'id,value\na,3\nb,3\n',
      'weights.csv': 'from,to\na,a\nb,b\na,b\n',
      // Nothing can be tested, so that class and z may be left blank.
      'expected.csv': 'id,z,gi_bin,gi_bin_fdr\na,,,\nb,,0,\n',
    }
    const parent = await folder('parent', { 'README.md': '# cases' })
    await folder('parent/one', good)
    await folder('parent/two', {
      ...good,
      'case.json': listed.replace('null', '[{"cells":".\\\\cells.csv"}]').replace('one', 'two'),
    })
    await folder('parent/none', {})
    const { lines, code } = await run(parent, join(parent, 'README.md'), join(parent, 'one', 'case.json'))
    expect(lines).toEqual(['one gistar 0 ok', 'two gistar 0 ok', 'one gistar 0 ok'])
    expect(code).toBe(0)
    expect((await run(join(parent, 'README.md'))).code).toBe(1)
  })

  it('takes the fifteen digits that expected numbers are written with for no deviation, and one more wrong digit for one', async () => {
    const values = Array.from({ length: 700 }, (_, i) => (i * 37) % 11)
    const made = (s: string): Record<string, string> => ({
      'case.json': '{"id":"long","kind":"mann-kendall","tolerance":{"abs":1e-9}}',
      'input.json': JSON.stringify({ series: [{ id: 'a', values }] }),
      'expected.json': `{"series":[{"id":"a","var_s":${s}}]}`,
    })
    const variance = '37870331.3333333'
    const wrong = '37870331.3333400'
    const reports = [checkFolder(await folder('digits', made(variance))), checkFolder(await folder('wrong', made(wrong)))]
    expect(reports.map(({ ok }) => ok)).toEqual([true, false])
  })

  it('says how it is used when no folder is given', async () => {
    const { errors, code } = await run()
    expect(errors).toContain('usage')
    expect(code).toBe(1)
  })
})
