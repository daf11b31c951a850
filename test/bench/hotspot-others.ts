import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ringNeighbours, type NeighbourLists } from '../../shared/hotspot/neighbours.ts'
import { significance } from '../../shared/hotspot/significance.ts'
import { cellsOfPlaces, studyAreaOf } from '../../shared/hotspot/study-area.ts'
import { seeded, squareStudy } from './hotspot-data.ts'

type Run = (file: string, args: string[]) => Promise<{ stdout: string }>

/** One period of the bench's data: counts by cell and neighbour lists. */
function onePeriod(cases: number, weeks: number, sideMeters: number): { counts: Int32Array; lists: NeighbourLists } {
  const study = squareStudy(cases, weeks, sideMeters, 60)
  const laid = studyAreaOf(study.question.outline, 60, 200_000)
  if (laid.code !== 'ok') throw new Error(laid.code)
  const counts = new Int32Array(laid.area.cells.q.length)
  for (const cell of cellsOfPlaces(laid.area, study.cases.lng, study.cases.lat))
    if (cell >= 0) counts[cell] = (counts[cell] ?? 0) + 1
  return { counts, lists: ringNeighbours(laid.area.cells, 1, laid.area.index) }
}

/** Whether Rscript and its spdep package answer on this machine. */
export async function spdepAvailable(run: Run): Promise<boolean> {
  try {
    const { stdout } = await run('Rscript', ['-e', 'cat(requireNamespace("spdep", quietly=TRUE))'])
    return stdout.includes('TRUE')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false
    throw error
  }
}

/** Times spdep's localG and localG_perm(99) on one period of the same data. */
export async function timeSpdep(run: Run, cases: number, weeks: number, sideMeters: number): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hotspot-spdep-'))
  try {
    const { counts, lists } = onePeriod(cases, weeks, sideMeters)
    const rows = Array.from(
      counts,
      (count, i) => `${count} ${[...lists.indices.subarray(lists.offsets[i], lists.offsets[i + 1])].map((j) => j + 1).join(',')}`,
    )
    await writeFile(join(folder, 'study.txt'), rows.join('\n'))
    await writeFile(
      join(folder, 'time.R'),
      `suppressMessages(library(spdep))
rows <- strsplit(readLines("${join(folder, 'study.txt')}"), " ")
x <- as.numeric(vapply(rows, \`[\`, "", 1)); nb <- lapply(rows, function(row) sort(as.integer(strsplit(row[2], ",")[[1]])))
class(nb) <- "nb"; attr(nb, "self.included") <- TRUE; lw <- nb2listw(nb, style="B")
a <- system.time(localG(x, lw))[["elapsed"]]; b <- system.time(localG_perm(x, lw, nsim=99))[["elapsed"]]
cat(sprintf("R spdep, one period: localG %.2f s, localG_perm(99) %.2f s", a, b))`,
    )
    return (await run('Rscript', [join(folder, 'time.R')])).stdout
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Times a plain permutation test (99 draws a cell, own count held) and our exact p on one period of the same data. */
export function timePermutations(cases: number, weeks: number, sideMeters: number): string {
  const { counts, lists } = onePeriod(cases, weeks, sideMeters)
  const n = counts.length
  const random = seeded(3)
  const started = performance.now()
  const above = new Int32Array(n)
  for (let i = 0; i < n; i++) {
    const from = lists.offsets[i] ?? 0
    const draws = (lists.offsets[i + 1] ?? 0) - from - 1
    let own = 0
    for (let e = from; e < from + draws + 1; e++) own += counts[lists.indices[e] ?? 0] ?? 0
    for (let p = 0; p < 99; p++) {
      let sum = counts[i] ?? 0
      for (let d = 0; d < draws; d++) sum += counts[Math.floor(random() * n)] ?? 0
      if (sum >= own) above[i] = (above[i] ?? 0) + 1
    }
  }
  const permutations = performance.now() - started
  const from = performance.now()
  if (significance(counts, lists, 'exact').code !== 'ok') throw new Error('no exact answer')
  const exact = performance.now() - from
  return (
    `one period, ${n} cells: our exact p ${Math.round(exact)} ms; 99 plain permutations ${Math.round(permutations)} ms ` +
    `(${(permutations / exact).toFixed(0)}x, and no p under 0.01)`
  )
}
