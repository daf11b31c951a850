import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { Worker } from 'node:worker_threads'

const run_ = promisify(execFile)
const CASES = 1_000_000
const WEEKS = 52
/** A square of this side holds about 72,000 cells of 60 m. */
const SIDE_METERS = 26_000

/** Source of the worker: it makes the data, waits for a quiet heap, and times the analysis alone. */
const WORKER = `
import { parentPort } from 'node:worker_threads'
import { analyse } from '${new URL('../../shared/hotspot/analysis.ts', import.meta.url).href}'
import { squareStudy } from '${new URL('./hotspot-data.ts', import.meta.url).href}'
const { cases, question } = squareStudy(${CASES}, ${WEEKS}, ${SIDE_METERS}, 60)
for (const mode of ['exact', 'z']) {
  const from = performance.now()
  const stages = []
  const answer = analyse(cases, { ...question, mode }, (share, stage) => stages.push([stage, performance.now() - from]))
  const ms = performance.now() - from
  if (answer.code !== 'ok') throw new Error(answer.code)
  const found = answer.analysis
  parentPort.postMessage({ mode, ms, cells: found.counts.length, weeks: found.weeks, cases: found.casesInPeriod,
    hot: found.significance.classes.filter((c) => c > 0).length, stages, rssMb: process.memoryUsage.rss() / 2 ** 20 })
}
parentPort.postMessage(null)
`

type Line = {
  mode: string
  ms: number
  cells: number
  weeks: number
  cases: number
  hot: number
  stages: [string, number][]
  rssMb: number
}

/** Prints one whole analysis of a million cases in one worker, and the same neighbourhoods by permutation for comparison. */
export async function run(): Promise<void> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(WORKER)}`))
  await new Promise<void>((done, failed) => {
    worker.on('error', failed)
    worker.on('message', (line: Line | null) => {
      if (line === null) done()
      else print(line)
    })
  })
  await worker.terminate()
  await compareWithOthers()
}

function print(line: Line): void {
  const stages = line.stages.map(([stage, ms]) => `${stage} at ${Math.round(ms)}`).join(', ')
  console.log(
    `hotspot ${line.mode}: ${line.cases} cases, ${line.cells} cells, ${line.weeks} weeks: ${(line.ms / 1000).toFixed(2)} s ` +
      `(aim 2), process ${Math.round(line.rssMb)} MB (aim 600), ${line.hot} hot cells; ms: ${stages}`,
  )
}

async function compareWithOthers(): Promise<void> {
  const { spdepAvailable, timeSpdep, timePermutations } = await import('./hotspot-others.ts')
  if (await spdepAvailable(run_)) console.log(await timeSpdep(run_, CASES, WEEKS, SIDE_METERS))
  else console.log('R with spdep is not installed here (apt: r-cran-spdep): compared with our own permutations instead')
  console.log(timePermutations(CASES, WEEKS, SIDE_METERS))
}
