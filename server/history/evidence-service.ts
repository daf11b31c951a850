import { randomUUID } from 'node:crypto'
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { rm, stat } from 'node:fs/promises'
import path from 'node:path'

import { readEvidenceFacts, type EvidenceFacts } from './evidence-facts.ts'
import { writeBundle, type BundleSources, type EvidenceRequest } from './evidence-bundle.ts'

/** `failed`: it could not be made, the server's log says why; ask again. */
export type EvidenceState =
  | { readonly state: 'working'; readonly done: number }
  | { readonly state: 'ready'; readonly bytes: number }
  | { readonly state: 'failed' | 'too_large' | 'cancelled' }

export interface EvidenceService {
  /** The public half of the site's key, PEM. */
  readonly publicKey: string
  /** Begins to make a bundle; null when this person has one under way, or there are too many. */
  start(request: EvidenceRequest, by: string): string | null
  /** Null when there is no such bundle. */
  state(id: string): Promise<EvidenceState | null>
  /** The finished bundles that lie here, newest first. */
  list(): Promise<readonly ({ readonly id: string } & EvidenceFacts)[]>
  /** The path of a finished bundle. */
  file(id: string): Promise<string | null>
  /** Stops the making, or deletes what was made. */
  remove(id: string): Promise<boolean>
  stop(): Promise<void>
}

export interface EvidenceOptions extends BundleSources {
  readonly dataDir: string
  readonly now: () => number
  readonly onFault: (cause: unknown) => void
}

/** Bundles being made at once, by all together. */
const MOST_AT_ONCE = 2
const ID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

interface Job {
  readonly by: string
  readonly abort: AbortController
  readonly over: Promise<void>
  state: EvidenceState
}

export function createEvidence(options: EvidenceOptions): EvidenceService {
  const folder = path.join(options.dataDir, 'evidence')
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  for (const name of readdirSync(folder)) if (name.endsWith('.partial')) rmSync(path.join(folder, name))
  const jobs = new Map<string, Job>()
  /** What finished bundles say of themselves; null of a file that is none. */
  const facts = new Map<string, EvidenceFacts | null>()
  const working = () => [...jobs.values()].filter(({ state }) => state.state === 'working')

  async function file(id: string): Promise<string | null> {
    if (!ID.test(id)) return null
    const target = path.join(folder, `${id}.zip`)
    return (await sizeOf(target)) === null ? null : target
  }

  return {
    publicKey: options.key.publicPem,
    start(request, by) {
      const busy = working()
      if (busy.length >= MOST_AT_ONCE || busy.some((job) => job.by === by)) return null
      const id = randomUUID()
      const abort = new AbortController()
      const make = async (job: () => Job): Promise<void> => {
        const target = path.join(folder, `${id}.zip`)
        try {
          const onProgress = (done: number): void => {
            job().state = { state: 'working', done }
          }
          await writeBundle(options, { id, request, madeAtMs: options.now(), signal: abort.signal, onProgress }, target)
          job().state = { state: 'ready', bytes: (await sizeOf(target)) ?? 0 }
        } catch (cause) {
          if (abort.signal.aborted) job().state = { state: 'cancelled' }
          else {
            job().state = { state: codeOf(cause) === 'too_large' ? 'too_large' : 'failed' }
            options.onFault(cause)
          }
        }
      }
      // The making begins in a later turn, when the job is in the map.
      const over = Promise.resolve().then(() => make(() => job))
      const job: Job = { by, abort, over, state: { state: 'working', done: 0 } }
      jobs.set(id, job)
      return id
    },
    async state(id) {
      const job = jobs.get(id)
      if (job !== undefined) return job.state
      const found = await file(id)
      return found === null ? null : { state: 'ready', bytes: (await sizeOf(found)) ?? 0 }
    },
    async list() {
      const ids = readdirSync(folder).flatMap((name) =>
        name.endsWith('.zip') && ID.test(name.slice(0, -4)) ? name.slice(0, -4) : [],
      )
      for (const id of ids) {
        if (!facts.has(id)) facts.set(id, await readEvidenceFacts(path.join(folder, `${id}.zip`)).catch(() => null))
      }
      return ids
        .flatMap((id) => {
          const known = facts.get(id)
          return known === null || known === undefined ? [] : { id, ...known }
        })
        .toSorted((a, b) => (a.madeAt < b.madeAt ? 1 : -1))
    },
    file,
    async remove(id) {
      const job = jobs.get(id)
      job?.abort.abort()
      await job?.over
      jobs.delete(id)
      facts.delete(id)
      const found = await file(id)
      if (found !== null) await rm(found, { force: true })
      return job !== undefined || found !== null
    },
    async stop() {
      const under = working()
      for (const { abort } of under) abort.abort()
      await Promise.all(under.map(({ over }) => over))
    },
  }
}

const codeOf = (cause: unknown): unknown => (typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : null)

async function sizeOf(file: string): Promise<number | null> {
  try {
    return (await stat(file)).size
  } catch {
    return null // Not there.
  }
}
