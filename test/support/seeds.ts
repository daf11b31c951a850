import { seededRandom, type Random } from './random.ts'

const DEFAULT_RUNS = 1_000

/** For tests that run laws: enough for a million runs on a slow machine; how long they take is not what they test. */
export const LAW_TIMEOUT_MS = 6 * 3_600_000

/**
 * Runs a law on `FUZZ_RUNS` seeds (1,000 when not given), or on `FUZZ_SEED` alone. The seed that breaks it is in the message.
 * @param share of the runs, for laws that are slow to test
 */
export function forEachSeed(law: (random: Random, seed: number) => void, share = 1): void {
  const only = process.env['FUZZ_SEED']
  const runs = Math.ceil(Number(process.env['FUZZ_RUNS'] ?? DEFAULT_RUNS) * share)
  const seeds = only === undefined ? Array.from({ length: runs }, (_, index) => index + 1) : [Number(only)]
  for (const seed of seeds) {
    try {
      law(seededRandom(seed), seed)
    } catch (cause) {
      throw new Error(`the law does not hold for FUZZ_SEED=${seed}: ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      })
    }
  }
}
