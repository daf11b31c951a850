import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, open, readFile, rename, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

import type { z } from 'zod'

import {
  CATEGORY_COLUMNS,
  SITE_LAYER_NAMES,
  SITE_LAYERS,
  siteManifestSchema,
  type Category,
  type SiteLayers,
  type SiteManifest,
} from '../../shared/site/site.ts'
import { writeCsv } from './csv.ts'
import { readCategories } from './read-categories.ts'
import type { SiteProblem } from './site-problem.ts'

/** A site as it stands in its folder, checked. */
export interface Site {
  readonly manifest: SiteManifest
  readonly layers: SiteLayers
  readonly categories: readonly Category[]
}

/** A file of the folder as it is served to browsers; `etag` changes with its bytes. */
export interface SiteFile {
  readonly name: string
  readonly contentType: string
  readonly bytes: Buffer
  readonly etag: string
}

/** `absent`: there is no `site.json`, so there is no site yet. */
export type SiteResult =
  | { readonly ok: true; readonly site: Site; readonly files: readonly SiteFile[] }
  | { readonly ok: false; readonly code: 'absent' }
  | { readonly ok: false; readonly code: 'invalid'; readonly problems: readonly SiteProblem[] }

/** A file above this is not a community's: GeoJSON of 50,000 footprints is about 20 MB. */
const MAX_FILE_BYTES = 64 * 1024 * 1024
/** Problems told at once; the first of a file says most. */
const MAX_PROBLEMS_A_FILE = 5

/** The names of a site folder's files. */
export const SITE_FILES = ['site.json', ...SITE_LAYER_NAMES.map((name) => `${name}.geojson` as const), 'categories.csv'] as const

/** Reads and checks a site folder. A GeoJSON file that is absent counts as empty, except the boundary. Throws when the disk does. */
export async function loadSite(folder: string): Promise<SiteResult> {
  const files: SiteFile[] = []
  const problems: SiteProblem[] = []
  const take = async (name: string, contentType: string): Promise<string | null> => {
    const read = await readBounded(join(folder, name))
    if (read === null) return null
    if (read === 'too_large') {
      problems.push({ file: name, message: `larger than ${MAX_FILE_BYTES / 1024 / 1024} MB` })
      return null
    }
    files.push({
      name,
      contentType,
      bytes: read,
      etag: `"${createHash('sha256').update(read).digest('base64url').slice(0, 27)}"`,
    })
    return read.toString('utf8')
  }
  const check = <T>(file: string, schema: z.ZodType<T>, text: string): T | null => {
    const json = parseJson(text)
    if (!json.ok) {
      problems.push({ file, message: 'is not JSON' })
      return null
    }
    const parsed = schema.safeParse(json.value)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues.slice(0, MAX_PROBLEMS_A_FILE)) {
      problems.push({ file, message: `${issue.path.join('.') || 'the file'}: ${issue.message}` })
    }
    return null
  }

  const manifestText = await take('site.json', 'application/json')
  if (manifestText === null && problems.length === 0) return { ok: false, code: 'absent' }
  const manifest = manifestText === null ? null : check('site.json', siteManifestSchema, manifestText)
  const layers: Record<string, unknown> = {}
  for (const name of SITE_LAYER_NAMES) {
    const text = await take(`${name}.geojson`, 'application/geo+json')
    const schema: z.ZodType<unknown> = SITE_LAYERS[name]
    layers[name] = check(`${name}.geojson`, schema, text ?? EMPTY_COLLECTION)
  }
  const categories = readCategories((await take('categories.csv', 'text/csv; charset=utf-8')) ?? '', problems)
  if (manifest === null || problems.length > 0) return { ok: false, code: 'invalid', problems }
  // Every layer was parsed by the schema of its name, or there would be a problem.
  return { ok: true, site: { manifest, layers: layers as unknown as SiteLayers, categories }, files }
}

const EMPTY_COLLECTION = '{"type":"FeatureCollection","features":[]}'

/** The bytes of each file of a folder, by name: the same site gives the same bytes. */
export function siteBytes(site: Site): ReadonlyMap<string, string> {
  const texts = new Map<string, string>([['site.json', `${JSON.stringify(site.manifest, null, 2)}\n`]])
  for (const name of SITE_LAYER_NAMES) {
    // One feature a line, so that a change of a site reads well in a diff.
    const features = site.layers[name].features.map((feature) => JSON.stringify(feature)).join(',\n')
    texts.set(`${name}.geojson`, `{"type":"FeatureCollection","features":[\n${features}\n]}\n`)
  }
  const rows = site.categories.map((category) => CATEGORY_COLUMNS.map((column) => category[column]))
  texts.set('categories.csv', writeCsv([CATEGORY_COLUMNS, ...rows]))
  return texts
}

/** Writes a whole site folder or none: beside it first, then in its place. `exists` when there is one and `replace` is false. */
export async function writeSite(folder: string, site: Site, options: { replace: boolean }): Promise<'written' | 'exists'> {
  const exists = await stat(folder).then(
    () => true,
    () => false,
  )
  if (exists && !options.replace) return 'exists'
  await mkdir(dirname(folder), { recursive: true })
  const fresh = await mkdtemp(join(dirname(folder), `.${basename(folder)}-`))
  try {
    for (const [name, text] of siteBytes(site)) {
      const file = await open(join(fresh, name), 'wx')
      try {
        await file.writeFile(text)
        await file.sync()
      } finally {
        await file.close()
      }
    }
    if (exists) {
      const old = `${fresh}-old`
      await rename(folder, old)
      await rename(fresh, folder)
      await rm(old, { recursive: true })
    } else await rename(fresh, folder)
  } catch (cause) {
    await rm(fresh, { recursive: true, force: true })
    throw cause
  }
  return 'written'
}

async function readBounded(path: string): Promise<Buffer | 'too_large' | null> {
  try {
    if ((await stat(path)).size > MAX_FILE_BYTES) return 'too_large'
    return await readFile(path)
  } catch (cause) {
    if (isCoded(cause) && cause.code === 'ENOENT') return null
    throw cause
  }
}

const isCoded = (cause: unknown): cause is { code: unknown } => typeof cause === 'object' && cause !== null && 'code' in cause

function parseJson(text: string): { ok: true; value: unknown } | { ok: false } {
  try {
    return { ok: true, value: JSON.parse(text) }
  } catch {
    return { ok: false }
  }
}
