import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, expect, test } from 'vitest'

import { createCommunity, DEMO_SEED } from '../demo/community.ts'
import { readCsv, writeCsv } from './csv.ts'
import { loadSite, SITE_FILES, siteBytes, writeSite } from './site-folder.ts'

const { site } = createCommunity(DEMO_SEED)
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'site-'))
})
afterAll(() => rm(folder, { recursive: true }))

test('what was written is read again, whole, with files to serve', async () => {
  const at = join(folder, 'whole')
  expect(await writeSite(at, site, { replace: false })).toBe('written')
  const read = await loadSite(at)
  expect(read.ok && read.site).toEqual(site)
  expect(read.ok && read.files.map(({ name }) => name)).toEqual([...SITE_FILES])
  expect(read.ok && read.files.every(({ etag }) => /^"[\w-]{27}"$/.test(etag))).toBe(true)
  const bytes = siteBytes(site)
  for (const [name, text] of bytes) expect(await readFile(join(at, name), 'utf8')).toBe(text)
})

test('a folder is written once unless it is to be replaced', async () => {
  const at = join(folder, 'once')
  const other = { ...site, manifest: { ...site.manifest, demo: false } }
  expect(await writeSite(at, site, { replace: false })).toBe('written')
  expect(await writeSite(at, other, { replace: false })).toBe('exists')
  expect(await loadSite(at)).toMatchObject({ ok: true, site: { manifest: { demo: true } } })
  expect(await writeSite(at, other, { replace: true })).toBe('written')
  expect(await loadSite(at)).toMatchObject({ ok: true, site: { manifest: { demo: false } } })
})

test('an empty folder has no site', async () => {
  expect(await loadSite(join(folder, 'nothing'))).toEqual({ ok: false, code: 'absent' })
})

test('each file at fault is named, with the place in it', async () => {
  const at = join(folder, 'faulty')
  await writeSite(at, site, { replace: false })
  await writeFile(join(at, 'grids.geojson'), 'not json')
  await writeFile(
    join(at, 'roads.geojson'),
    '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":null}]}',
  )
  await rm(join(at, 'boundary.geojson'))
  await writeFile(
    join(at, 'categories.csv'),
    'standard,kind,code,group,groupEn,name,nameEn,unit,limit\nlocal,event,X1,组,g,名,n,hours,2\n',
  )
  const read = await loadSite(at)
  if (read.ok || read.code !== 'invalid') throw new Error('should be refused')
  const files = new Set(read.problems.map(({ file }) => file))
  expect(files).toEqual(new Set(['grids.geojson', 'roads.geojson', 'boundary.geojson', 'categories.csv']))
  expect(read.problems.find(({ file }) => file === 'categories.csv')?.message).toContain('line 2: unit')
})

test('a site without categories and with a boundary only is a site', async () => {
  const at = join(folder, 'bare')
  await writeSite(at, site, { replace: false })
  for (const name of ['categories.csv', 'grids.geojson', 'labels.geojson', 'land.geojson']) await rm(join(at, name))
  expect(await loadSite(at)).toMatchObject({ ok: true, site: { categories: [], layers: { grids: { features: [] } } } })
})

test('CSV keeps commas, quotes and lines in cells, and drops a byte order mark', () => {
  const rows = [
    ['a,b', 'say "so"', 'two\nlines'],
    ['', '1', '富民'],
  ]
  expect(readCsv(`\uFEFF${writeCsv(rows)}`)).toEqual(rows)
  expect(readCsv('a,b\r\n\r\n1,2')).toEqual([
    ['a', 'b'],
    ['1', '2'],
  ])
})
