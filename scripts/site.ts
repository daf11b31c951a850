import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'

import { loadConfig } from '../server/config/load-config.ts'
import { DEFAULT_CATEGORIES } from '../server/site/default-categories.ts'
import { importSite, type ImportReport } from '../server/site/import-site.ts'
import { readCategories } from '../server/site/read-categories.ts'
import { loadSite, writeSite, type Site } from '../server/site/site-folder.ts'
import type { SiteProblem } from '../server/site/site-problem.ts'
import type { CoordinateSystem } from '../shared/hotspot/import/profile.ts'
import { requireNode } from './support/project.ts'

const USAGE = `npm run site -- import FOLDER --crs wgs84|gcj02|bd09 --name 名称 [--name-en NAME] [--replace] [--dry-run]
  FOLDER holds GeoJSON: boundary (needed), grids, compounds, footprints, roads, land, green, water, labels, and categories.csv
  --crs      the coordinates' system; nobody can tell it from the numbers. 高德 and 腾讯 use gcj02, 百度 bd09, 天地图 and GPS wgs84
  --replace  takes the place of the site that is there
  --dry-run  shows what was understood and writes nothing
The site goes to SITE_DIR, or DATA_DIR/site. A running server reads it at its next start.
`
const SYSTEMS: Readonly<Record<string, CoordinateSystem>> = { wgs84: 'WGS84', gcj02: 'GCJ02', bd09: 'BD09' }

function fail(message: string, code = 1): never {
  process.stderr.write(`${message}\n`)
  process.exit(code)
}

function problemsText(problems: readonly SiteProblem[]): string {
  return problems.map(({ file, message }) => `${file}: ${message}`).join('\n')
}

/** What was understood, file by file, for the operator to compare with what they know. */
function show({ layers, shiftMeters, bounds }: ImportReport, site: Site): void {
  const out = (line: string): void => void process.stdout.write(`${line}\n`)
  for (const { file, layer, taken, skipped, readFrom, far } of layers) {
    out(`${file} → ${layer}: ${taken} 个要素 / features`)
    for (const [field, from] of Object.entries(readFrom))
      out(`    ${field} ← ${from.length === 0 ? '(无 / none)' : from.join(', ')}`)
    for (const [why, count] of skipped) out(`    略过 / left out: ${count} (${why})`)
    if (far > 0) out(`    注意 / look: ${far} 个远离边界 / lie more than half a degree away from the boundary`)
  }
  const [west, south, east, north] = bounds
  out(`范围 / bounds (WGS-84): ${west}, ${south} … ${east}, ${north}`)
  out(
    `坐标平移 / shift by the conversion: ${shiftMeters} m${shiftMeters === 0 ? '' : ' (a wrong --crs shows as a shift of streets by this much)'}`,
  )
  out(`类别 / categories: ${site.categories.length}`)
}

async function importFolder(
  folder: string,
  options: { crs: string; zh: string; en: string; replace: boolean; dryRun: boolean },
): Promise<void> {
  const system = SYSTEMS[options.crs.toLowerCase()]
  if (system === undefined) fail(`--crs ${options.crs}: wgs84, gcj02 or bd09`, 2)
  const names = readdirSync(folder)
  const files = new Map(
    names.filter((name) => /\.(?:geo)?json$/.test(name)).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
  )
  const problems: SiteProblem[] = []
  const categories = names.includes('categories.csv')
    ? readCategories(readFileSync(path.join(folder, 'categories.csv'), 'utf8'), problems)
    : DEFAULT_CATEGORIES
  const imported = importSite({ files, system, name: { zh: options.zh, en: options.en }, categories })
  if (!imported.ok) fail(problemsText([...imported.problems, ...problems]))
  if (problems.length > 0) fail(problemsText(problems))
  show(imported.report, imported.site)
  if (options.dryRun) return

  const config = loadConfig(process.env, (file) => readFileSync(file, 'utf8'))
  if (!config.ok) fail(config.problems.map(({ option, message }) => `${option}: ${message}`).join('\n'))
  const { siteDir } = config.config
  const there = await loadSite(siteDir)
  if (there.ok && there.site.manifest.demo)
    fail(`${siteDir} 是演示站点 / is the demo's site, and demo and real data never share a folder: choose another DATA_DIR`)
  const written = await writeSite(siteDir, imported.site, { replace: options.replace })
  if (written === 'exists') fail(`${siteDir} 已有站点 / there is a site already: --replace takes its place`)
  process.stdout.write(`已写入 / written: ${siteDir}\n`)
}

requireNode()
try {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: {
      crs: { type: 'string' },
      name: { type: 'string' },
      'name-en': { type: 'string' },
      replace: { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
    },
  })
  const [command, folder] = positionals
  if (command !== 'import' || folder === undefined || values.crs === undefined || values.name === undefined) fail(USAGE, 2)
  const en = values['name-en'] ?? values.name
  await importFolder(folder, { crs: values.crs, zh: values.name, en, replace: values.replace, dryRun: values['dry-run'] })
} catch (cause) {
  fail(`${cause instanceof Error ? cause.message : String(cause)}\n${USAGE}`, 2)
}
