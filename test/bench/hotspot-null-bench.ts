import { ringNeighbours } from '../../shared/hotspot/neighbours.ts'
import { significance } from '../../shared/hotspot/significance.ts'
import { seeded } from './hotspot-data.ts'

const SIDE_CELLS = 40
const MAPS = 1000
const MEANS = [0.1, 0.5, 1, 5, 20]

/** A Poisson number by multiplying uniforms (Knuth), enough for the small means of this bench. */
function poisson(mean: number, random: () => number): number {
  const end = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > end; product *= random()) count++
  return count
}

/**
 * Why the decision uses an exact p: on maps of pure chance (1,600 hexes, Poisson, nothing planted) it prints how many
 * maps hold at least one false hot spot at a nominal 5 %, by z with Benjamini-Hochberg and by exact p with the same.
 */
export async function run(): Promise<void> {
  const n = SIDE_CELLS * SIDE_CELLS
  const cells = {
    q: Int32Array.from({ length: n }, (_, i) => (i % SIDE_CELLS) - (Math.floor(i / SIDE_CELLS) >> 1)),
    r: Int32Array.from({ length: n }, (_, i) => Math.floor(i / SIDE_CELLS)),
  }
  const lists = ringNeighbours(cells, 1)
  const random = seeded(1)
  console.log(`hotspot-null: ${MAPS} maps of chance, ${n} hexes, ring 1, 5 % nominal: maps with a false hot or cold spot`)
  for (const mean of MEANS) {
    const wrong = { z: 0, zHot: 0, exact: 0, exactHot: 0 }
    for (let map = 0; map < MAPS; map++) {
      const counts = Int32Array.from({ length: n }, () => poisson(mean, random))
      for (const mode of ['z', 'exact'] as const) {
        const answer = significance(counts, lists, mode)
        if (answer.code !== 'ok') throw new Error(answer.code)
        if (answer.result.classes.some((level) => Math.abs(level) >= 2)) wrong[mode]++
        if (answer.result.classes.some((level) => level >= 2)) wrong[`${mode}Hot`]++
      }
    }
    const share = (count: number): string => {
      const p = count / MAPS
      return `${(100 * p).toFixed(1)} % (± ${(100 * Math.sqrt((p * (1 - p)) / MAPS)).toFixed(1)})`
    }
    console.log(
      `  ${String(mean).padStart(4)} cases a cell: z + BH hot ${share(wrong.zHot)}, any ${share(wrong.z)} · exact p + BH hot ${share(wrong.exactHot)}, any ${share(wrong.exact)}`,
    )
  }
}
