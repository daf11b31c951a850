/**
 * Prints the numbers of a hotspot report again, from the log as it was: `npm run --silent hotspot:report -- --as-of SEQ
 * --from DAY --to DAY …` with the parameters that stand on the report. CSV of the ranked table; `--geojson` for the cells.
 * Reads beside a running server and writes nothing. Exit 1 when there is no such data, 64 when it is asked wrongly.
 */
import { parseArgs } from 'node:util'

import { z } from 'zod'

import { readOutline } from '../shared/hotspot/outline.ts'
import { reportCsv } from '../shared/hotspot/report-csv.ts'
import type { AnswerParameters, HotspotAnswer } from '../shared/hotspot/answer.ts'
import { readStartOptions } from '../server/config/read-config.ts'
import { databaseFile } from '../server/database/open-database.ts'
import { openReader } from '../server/database/open-reader.ts'
import { listActions } from '../server/database/hotspots.ts'
import { columnsFrom } from '../server/hotspots/case-columns.ts'
import { COMMUNITY, PATROLS, communityDataset, communityNames, communityOutline } from '../server/hotspots/community-study.ts'
import { createDatasets } from '../server/hotspots/datasets.ts'
import { patrolPoints } from '../server/hotspots/patrols.ts'
import { answerFrom, makeAnalysis, type OpenDataset } from '../server/hotspots/study-answer.ts'
import type { Refused } from '../server/hotspots/worker-messages.ts'
import { readHead, readWorld } from '../server/journal/log-reader.ts'
import { loadSite } from '../server/site/site-folder.ts'

const EXIT_USAGE = 64
const day = z.iso.date()
const optionsSchema = z.object({
  'as-of': z.coerce.number().int().min(0).optional(),
  dataset: z.string().default(COMMUNITY),
  from: day,
  to: day,
  category: z.string().optional(),
  cell: z.coerce.number().min(10).max(5000).default(60),
  ring: z.coerce
    .number()
    .pipe(z.union([z.literal(1), z.literal(2), z.literal(3)]))
    .default(1),
  mode: z.enum(['exact', 'z']).default('exact'),
  rate: z.string().optional(),
  geojson: z.boolean().default(false),
})
type Options = z.infer<typeof optionsSchema>

function readOptions(): Options | string {
  try {
    const text = { type: 'string' } as const
    const { values } = parseArgs({
      options: {
        'as-of': text,
        dataset: text,
        from: text,
        to: text,
        category: text,
        cell: text,
        ring: text,
        mode: text,
        rate: text,
        geojson: { type: 'boolean' },
      },
    })
    const parsed = optionsSchema.safeParse(values)
    if (parsed.success) return parsed.data
    const [issue] = parsed.error.issues
    return `--${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not understood'}`
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The answer of the data as it was, or the words for why there is none. */
async function answer(db: ReturnType<typeof openReader>, siteDir: string, options: Options): Promise<HotspotAnswer | string> {
  const datasets = createDatasets({ db }, Date.now)
  const read = await loadSite(siteDir)
  const site = read.ok ? read.site : null
  const isCommunity = options.dataset === COMMUNITY
  const head = await readHead(db)
  const seq = isCommunity ? (options['as-of'] ?? head) : null
  if (seq !== null && seq > head) return `the log ends at ${head}`
  const found = isCommunity ? null : await datasets.find(options.dataset)
  const outline = isCommunity ? communityOutline(site) : (found?.outline ?? null)
  if (outline === null || readOutline(outline) === null) return isCommunity ? 'there is no site' : 'no such dataset'
  const bases = await datasets.basesOf(options.dataset)
  let dataset: OpenDataset
  if (seq === null)
    dataset = { key: options.dataset, columns: await datasets.columns(options.dataset), bases, names: communityNames(site) }
  else {
    const made = communityDataset(await readWorld(db, seq), site, COMMUNITY)
    if (made === null) return 'the log has more categories than a dataset may have'
    const { columns } = made
    const visits = await patrolPoints(db, site?.manifest.timeZone ?? 'Asia/Shanghai')
    dataset = {
      ...made,
      columns: 'lng' in columns ? columns : columnsFrom(columns),
      bases: { ...made.bases, ...bases, ...(visits === null ? {} : { [PATROLS]: visits }) },
    }
  }
  const parameters: AnswerParameters = {
    dataset: options.dataset,
    from: options.from,
    to: options.to,
    timeZone: found?.timeZone ?? site?.manifest.timeZone ?? 'Asia/Shanghai',
    category: options.category ?? null,
    cellMeters: options.cell,
    ring: options.ring,
    mode: options.mode,
    rate: options.rate ?? null,
  }
  const task = { dataset: options.dataset, parameters, outline, seq, seesSmallCells: true }
  const made = makeAnalysis(dataset, task, () => undefined)
  return 'code' in made ? refusalText(made) : answerFrom(dataset, task, made)
}

function refusalText(refused: Refused): string {
  if (refused.code === 'too_many_cells')
    return `${refused.cells} cells are over the limit of ${refused.limit}; --cell ${refused.fittingCellMeters} fits`
  return refused.code === 'period_too_long' ? `the period is over the limit of ${refused.limitYears} years` : refused.code
}

async function main(): Promise<void> {
  const options = readOptions()
  if (typeof options === 'string') {
    process.stderr.write(
      `${options}\nnpm run --silent hotspot:report -- [--as-of SEQ] [--dataset ID] --from YYYY-MM-DD --to YYYY-MM-DD …\n`,
    )
    process.exitCode = EXIT_USAGE
    return
  }
  const { config } = readStartOptions()
  if (!config.ok) {
    process.stderr.write(`${config.problems.map(({ option, message }) => `${option}: ${message}`).join('\n')}\n`)
    process.exitCode = 1
    return
  }
  const { dataDir, databaseUrl, siteDir } = config.config
  const db = openReader(
    databaseUrl === null ? { dialect: 'sqlite', file: databaseFile(dataDir) } : { dialect: 'postgres', databaseUrl },
  )
  try {
    const made = await answer(db, siteDir, options)
    if (typeof made === 'string') {
      process.stderr.write(`${made}\n`)
      process.exitCode = 1
      return
    }
    const prefix = `${options.cell}:`
    const actions = (await listActions(db, options.dataset)).filter(({ place }) => place.startsWith(prefix))
    process.stdout.write(
      options.geojson
        ? `${JSON.stringify(made)}\n`
        : reportCsv(made, new Map(actions.map((one) => [one.place.slice(prefix.length), one]))),
    )
  } finally {
    await db.destroy()
  }
}

await main()
