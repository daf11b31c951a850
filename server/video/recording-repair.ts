import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { RecordingIndex, Segment } from './recording-index.ts'
import { cutTornEnd, scanSegment } from './segment-scan.ts'

/** What a check found, and did when it was allowed to. */
export interface RepairReport {
  /** Files looked at. */
  readonly files: number
  /** Segments that were open or torn and are closed and whole now. */
  readonly closed: readonly string[]
  /** Files without a row that have one now. */
  readonly adopted: readonly string[]
  /** Rows without a file, taken out of the index. */
  readonly missing: readonly string[]
  /** Rows whose groups did not agree with their file, written anew. */
  readonly reindexed: readonly string[]
  /** Files that hold no picture; left where they are. */
  readonly empty: readonly string[]
}

interface Findings {
  files: number
  closed: string[]
  adopted: string[]
  missing: string[]
  reindexed: string[]
  empty: string[]
}

const SEGMENT_NAME = /^(\d{13})\.mp4$/

/**
 * Makes index and files agree. `all`: reads every file; else only what a crash can have touched: segments that were left open, and
 * files newer than their camera's newest row. Files still being written must not be checked: run it before recording begins.
 */
export async function repairRecordings(folder: string, index: RecordingIndex, all: boolean): Promise<RepairReport> {
  const report: Findings = { files: 0, closed: [], adopted: [], missing: [], reindexed: [], empty: [] }
  for (const segment of await index.openSegments()) await mend(folder, index, segment, report)
  for (const cameraId of await foldersIn(folder)) await checkCamera(folder, cameraId, index, all, report)
  if (all) await findMissing(folder, index, report)
  return report
}

async function checkCamera(
  folder: string,
  cameraId: string,
  index: RecordingIndex,
  all: boolean,
  report: Findings,
): Promise<void> {
  const names = (await readdir(join(folder, cameraId))).filter((name) => SEGMENT_NAME.test(name)).toSorted()
  for (const name of names.toReversed()) {
    const startMs = Number(SEGMENT_NAME.exec(name)?.[1])
    const path = join(cameraId, name)
    const row = await index.segment(cameraId, startMs)
    if (row === null) await adopt(folder, index, { cameraId, startMs, path }, report)
    else if (all && !report.closed.includes(path)) await mend(folder, index, row, report)
    // Rows are written in the order of files, so the first file that has one ends what a crash left out.
    else if (!all) return
  }
}

async function adopt(
  folder: string,
  index: RecordingIndex,
  facts: { cameraId: string; startMs: number; path: string },
  report: Findings,
): Promise<void> {
  report.files += 1
  const scanned = await scanSegment(join(folder, facts.path), facts)
  if (scanned === null) {
    report.empty.push(facts.path)
    return
  }
  await cutTornEnd(join(folder, facts.path), scanned)
  await index.write({ segments: [scanned.segment], gops: scanned.gops })
  report.adopted.push(facts.path)
}

async function mend(folder: string, index: RecordingIndex, row: Segment, report: Findings): Promise<void> {
  report.files += 1
  const { cameraId, startMs, path } = row
  const exists = await isThere(join(folder, path))
  const scanned = exists ? await scanSegment(join(folder, path), { cameraId, startMs, path }) : null
  if (scanned === null) {
    await index.remove([row])
    report.missing.push(path)
    return
  }
  await cutTornEnd(join(folder, path), scanned)
  const groups = await index.gopsOf(cameraId, startMs)
  const agrees = groups.length === scanned.gops.length && groups.every((group, at) => group.offset === scanned.gops[at]?.offset)
  const isWhole = row.closed && row.bytes === scanned.segment.bytes && scanned.tornBytes === 0
  if (agrees && isWhole) return
  if (row.closed && !agrees) {
    await index.remove([row])
    report.reindexed.push(path)
  } else report.closed.push(path)
  await index.write({ segments: [scanned.segment], gops: scanned.gops })
}

async function findMissing(folder: string, index: RecordingIndex, report: Findings): Promise<void> {
  for (const cameraId of await index.cameras()) {
    for (const row of await index.segmentsBetween(cameraId, 0, Number.MAX_SAFE_INTEGER)) {
      if (await isThere(join(folder, row.path))) continue
      await index.remove([row])
      if (!report.missing.includes(row.path)) report.missing.push(row.path)
    }
  }
}

async function foldersIn(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true })
    return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name)
  } catch {
    // Nothing was ever recorded here.
    return []
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile()
  } catch {
    return false
  }
}
