import { parentPort, workerData } from 'node:worker_threads'
import { gzipSync } from 'node:zlib'

import { csvLine } from '../../../shared/hotspot/import/csv.ts'
import { dateFormOf } from '../../../shared/hotspot/import/dates.ts'
import { cellText, mapPastCases, type ImportOutcome } from '../../../shared/hotspot/import/past-cases.ts'
import { guessProfile, headingSignature, profileProblems, type ImportProfile } from '../../../shared/hotspot/import/profile.ts'
import { blocksOf, columnsOf, hashOfId } from '../case-columns.ts'
import { toWgs84From } from './coordinates.ts'
import type { ImportJob, ImportReply, ImportSummary } from './import-messages.ts'
import { readTable } from './read-table.ts'

/** Places shown on the map before a file is taken. */
const MOST_PREVIEW = 2000
/** Rows of the report that are shown at once; the whole of it is a download. */
const MOST_SHOWN = 200
/** Texts looked at to tell the order of day and month. */
const MOST_DATES = 20_000

async function work(job: ImportJob): Promise<ImportReply> {
  const read = await readTable(job.bytes)
  if (read.code !== 'ok') return { type: 'refused', code: read.code, detail: read.detail }
  const { headings, rows } = read.table
  const signature = headingSignature(headings)
  const guess = (): ImportProfile => {
    const found = guessProfile(headings)
    const time = found.columns.time === null ? -1 : headings.indexOf(found.columns.time)
    const texts = time < 0 ? [] : rows.slice(0, MOST_DATES).flatMap((row) => cellText(row[time]) ?? [])
    return { ...found, dateForm: dateFormOf(texts) ?? 'auto' }
  }
  const remembered = job.remembered[signature]
  const profile = job.profile ?? remembered ?? guess()
  const problems = profileProblems(profile, headings)
  const base = { headings, signature, profile, remembered: job.profile === null && remembered !== undefined, problems }
  if (problems.length > 0) return { type: 'dry', summary: { ...base, ...emptySummary() } }
  const outcome = mapPastCases(headings, rows, {
    profile,
    timeZone: job.timeZone,
    toWgs84: toWgs84From(profile.coordinateSystem),
    latestMs: job.nowMs,
  })
  const alreadyThere = dropKnown(outcome, new Set(job.knownIds))
  const summary = { ...base, ...summaryOf(outcome, alreadyThere) }
  if (job.dryRun) return { type: 'dry', summary }
  const columns = columnsOf(outcome.cases)
  if (columns === null) return { type: 'refused', code: 'too_many_categories', detail: 'the category column holds free text' }
  const blocks = blocksOf(columns).map((body, i, all) => ({
    cases: i < all.length - 1 ? 50_000 : columns.lng.length - i * 50_000,
    body,
  }))
  return { type: 'taken', summary, blocks, report: gzipSync(reportOf(outcome)) }
}

/** Takes cases out that an earlier import of the dataset has already; they are told as merged. */
function dropKnown(outcome: ImportOutcome, known: ReadonlySet<number>): number {
  const before = outcome.cases.length
  outcome.cases = outcome.cases.filter((one) => {
    const there = known.has(hashOfId(one.id ?? `${one.timeMs}|${one.lng}|${one.lat}|${one.category}`))
    if (there) outcome.merged.push({ row: one.row, sameAs: 0 })
    if (there && one.flag !== null) outcome.flags[one.flag]--
    return !there
  })
  return before - outcome.cases.length
}

function emptySummary(): Omit<ImportSummary, 'headings' | 'signature' | 'profile' | 'remembered' | 'problems'> {
  return {
    rows: 0,
    cases: 0,
    placed: 0,
    merged: 0,
    alreadyThere: 0,
    refused: 0,
    refusals: {},
    flags: { no_position: 0, whole_degrees: 0, zero_position: 0 },
    fromMs: null,
    toMs: null,
    categories: [],
    shown: [],
    preview: [],
  }
}

function summaryOf(outcome: ImportOutcome, alreadyThere: number): ReturnType<typeof emptySummary> {
  const placed = outcome.cases.filter(({ lng }) => lng !== null)
  const refusals: Record<string, number> = {}
  for (const { code } of outcome.refused) refusals[code] = (refusals[code] ?? 0) + 1
  const categories = new Map<string, number>()
  let fromMs = Infinity
  let toMs = -Infinity
  for (const { category, timeMs } of outcome.cases) {
    categories.set(category, (categories.get(category) ?? 0) + 1)
    fromMs = Math.min(fromMs, timeMs)
    toMs = Math.max(toMs, timeMs)
  }
  const every = Math.max(1, Math.ceil(placed.length / MOST_PREVIEW))
  return {
    rows: outcome.rows,
    cases: outcome.cases.length,
    placed: placed.length,
    merged: outcome.merged.length,
    alreadyThere,
    refused: outcome.refused.length,
    refusals,
    flags: outcome.flags,
    fromMs: Number.isFinite(fromMs) ? fromMs : null,
    toMs: Number.isFinite(toMs) ? toMs : null,
    categories: [...categories]
      .map(([name, count]) => ({ name, count }))
      .sort((a, b) => b.count - a.count)
      .slice(0, 200),
    shown: outcome.refused.slice(0, MOST_SHOWN),
    preview: placed.filter((_, i) => i % every === 0).map(({ lng, lat }) => [lng ?? 0, lat ?? 0]),
  }
}

/** Every row that is not a case on the map, and why; with a byte order mark, so that spreadsheets read the Chinese. */
function reportOf(outcome: ImportOutcome): string {
  const lines: [number, string][] = [
    ...outcome.refused.map(({ row, code, column, value }): [number, string] => [
      row,
      csvLine([row, 'refused', code, column, value]),
    ]),
    ...outcome.merged.map(({ row, sameAs }): [number, string] => [
      row,
      csvLine([row, 'merged', sameAs === 0 ? 'same_as_earlier_import' : 'same_as_row', '', sameAs === 0 ? '' : sameAs]),
    ]),
    ...outcome.cases.flatMap(({ row, flag }): [number, string][] =>
      flag === null ? [] : [[row, csvLine([row, 'flagged', flag, '', ''])]],
    ),
  ]
  lines.sort((a, b) => a[0] - b[0])
  return `\uFEFF${['row,outcome,why,column,value', ...lines.map(([, line]) => line)].join('\r\n')}\r\n`
}

const port = parentPort
if (port === null) throw new Error('runs as a worker')
port.postMessage(await work(workerData as ImportJob))
