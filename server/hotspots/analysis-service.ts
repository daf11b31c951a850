import { Worker } from 'node:worker_threads'

import type { AnalysisProgress } from '../../shared/protocol/progress.ts'
import type { EffectResult } from '../../shared/hotspot/intervention.ts'
import type { AnalysisTask, CellTask, EffectTask, FromWorker, Refused, ToWorker, WorkerDataset } from './worker-messages.ts'

/** Bytes of answers kept; the oldest go first. */
const CACHE_BYTES = 64 * 1024 * 1024
/** Questions that wait or run at once. */
const MOST_JOBS = 16

/** The bytes of an answer (JSON), or why there is none. */
export type AnswerOutcome =
  | { readonly ok: true; readonly bytes: Uint8Array; readonly fromCache: boolean }
  | { readonly ok: false; readonly why: Refused }
  | { readonly ok: false; readonly why: { readonly code: 'cancelled' | 'too_busy' | 'stopping' | 'no_such_dataset' } }

export type EffectOutcome = { readonly ok: true; readonly result: EffectResult } | Extract<AnswerOutcome, { ok: false }>

export type Progress = Omit<AnalysisProgress, 'question'>

export interface AskOptions {
  /** Aborts when whoever asked has gone; the work stops when nobody waits for it any more. */
  readonly signal: AbortSignal
  readonly onProgress?: (progress: Progress) => void
}

export interface AnalysisService {
  /** An answer as GeoJSON, from the cache where the same was asked of the same data. */
  analyse(task: AnalysisTask, options: AskOptions): Promise<AnswerOutcome>
  cell(task: CellTask, options: AskOptions): Promise<AnswerOutcome>
  effect(task: EffectTask, options: AskOptions): Promise<EffectOutcome>
  stop(): Promise<void>
}

export interface AnalysisServiceOptions {
  /** The dataset behind a key, when the worker does not have it (any more); null when there is none. */
  readonly loadDataset: (key: string) => Promise<WorkerDataset | null>
  /** The worker ended by itself; it is started again by the next question. */
  readonly onBroken: (cause: unknown) => void
}

type Done =
  | Extract<FromWorker, { type: 'answer' | 'effect' | 'refused' | 'cancelled' }>
  | { readonly type: 'no_dataset' | 'broken' | 'too_busy' | 'stopping' }

interface Job {
  readonly message: Exclude<ToWorker, { type: 'dataset' }>
  readonly waiting: Set<{ readonly done: (done: Done) => void; readonly onProgress: (progress: Progress) => void }>
  /** Changed when all who asked have gone, so that whoever asks the same again does not join work that is stopping. */
  cacheKey: string
  asked: boolean
  loaded: boolean
}

/**
 * Analyses in one thread of their own, one after the other: the event loop never waits for mathematics. The same question
 * asked twice at once is worked out once, and stops when all who asked have gone.
 */
export function createAnalysisService({ loadDataset, onBroken }: AnalysisServiceOptions): AnalysisService {
  let worker: Worker | null = null
  let stopped = false
  let numbers = 0
  let cached = 0
  const cache = new Map<string, Uint8Array>()
  const jobs = new Map<number, Job>()

  const settle = (job: number, done: Done): void => {
    const found = jobs.get(job)
    jobs.delete(job)
    for (const waiter of found?.waiting ?? []) waiter.done(done)
    next()
  }
  const start = (): Worker => {
    const made = new Worker(new URL('./analysis-worker.ts', import.meta.url), {
      resourceLimits: { maxOldGenerationSizeMb: 2048 },
    })
    made.on('message', (message: FromWorker) => void receive(message).catch(onBroken))
    made.on('error', (cause) => {
      if (worker === made) worker = null
      onBroken(cause)
      for (const job of jobs.keys()) settle(job, { type: 'broken' })
    })
    return made
  }
  const post = (message: ToWorker): void => {
    worker ??= start()
    worker.postMessage(message)
  }
  const receive = async (message: FromWorker): Promise<void> => {
    const job = jobs.get(message.job)
    switch (message.type) {
      case 'progress':
        for (const waiter of job?.waiting ?? []) waiter.onProgress({ share: message.share, stage: message.stage })
        return
      case 'unknown_dataset': {
        if (job === undefined) return next()
        const dataset = job.loaded ? null : await loadDataset(job.message.task.dataset)
        if (dataset === null) return settle(message.job, { type: 'no_dataset' })
        job.loaded = true
        post({ type: 'dataset', dataset })
        post(job.message)
        return
      }
      case 'answer':
        if (job !== undefined) store(job.cacheKey, message.bytes)
        return settle(message.job, message)
      case 'failed':
        onBroken(new Error(message.message))
        return settle(message.job, { type: 'broken' })
      case 'effect':
      case 'refused':
      case 'cancelled':
        return settle(message.job, message)
    }
  }
  const store = (key: string, bytes: Uint8Array): void => {
    if (bytes.length > CACHE_BYTES / 2) return
    cache.set(key, bytes)
    cached += bytes.length
    for (const [oldest, { length }] of cache) {
      if (cached <= CACHE_BYTES) break
      cache.delete(oldest)
      cached -= length
    }
  }
  const next = (): void => {
    if ([...jobs.values()].some(({ asked }) => asked)) return
    const waiting = jobs.values().next().value
    if (waiting === undefined) return
    waiting.asked = true
    post(waiting.message)
  }
  const ask = (
    make: (job: number, cancel: SharedArrayBuffer) => Job['message'],
    cacheKey: string,
    options: AskOptions,
  ): Promise<Done> => {
    if (stopped) return Promise.resolve({ type: 'stopping' })
    let number = [...jobs].find(([, { cacheKey: key }]) => key === cacheKey)?.[0]
    if (number === undefined) {
      if (jobs.size >= MOST_JOBS) return Promise.resolve({ type: 'too_busy' })
      number = ++numbers
      jobs.set(number, {
        message: make(number, new SharedArrayBuffer(4)),
        waiting: new Set(),
        cacheKey,
        asked: false,
        loaded: false,
      })
    }
    const own = number
    const job = jobs.get(own)
    return new Promise((done) => {
      const waiter = { done, onProgress: options.onProgress ?? (() => undefined) }
      job?.waiting.add(waiter)
      const leave = (): void => {
        // The signal aborts after an answer too, when it has left: then the job is gone already.
        if (job === undefined || jobs.get(own) !== job || !job.waiting.delete(waiter)) return
        done({ type: 'cancelled', job: own })
        if (job.waiting.size > 0) return
        Atomics.store(new Int32Array(job.message.cancel), 0, 1)
        if (job.asked) job.cacheKey = `${job.cacheKey} cancelled`
        else jobs.delete(own)
      }
      if (options.signal.aborted) leave()
      else options.signal.addEventListener('abort', leave, { once: true })
      next()
    })
  }
  const outcome = (done: Done): AnswerOutcome => {
    switch (done.type) {
      case 'answer':
        return { ok: true, bytes: done.bytes, fromCache: false }
      case 'refused':
        return { ok: false, why: done.why }
      case 'no_dataset':
        return { ok: false, why: { code: 'no_such_dataset' } }
      case 'too_busy':
      case 'stopping':
      case 'cancelled':
        return { ok: false, why: { code: done.type } }
      case 'effect':
      case 'broken':
        throw new Error('the analysis broke off; the log says why')
    }
  }
  return {
    async analyse(task, options) {
      const key = JSON.stringify(['analyse', task])
      const found = cache.get(key)
      if (found !== undefined) return { ok: true, bytes: found, fromCache: true }
      return outcome(await ask((job, cancel) => ({ type: 'analyse', job, task, cancel }), key, options))
    },
    async cell(task, options) {
      const key = JSON.stringify(['cell', task])
      const found = cache.get(key)
      if (found !== undefined) return { ok: true, bytes: found, fromCache: true }
      return outcome(await ask((job, cancel) => ({ type: 'cell', job, task, cancel }), key, options))
    },
    async effect(task, options) {
      const done = await ask((job, cancel) => ({ type: 'effect', job, task, cancel }), JSON.stringify(['effect', task]), options)
      if (done.type === 'effect') return { ok: true, result: done.result }
      const other = outcome(done)
      if (other.ok) throw new Error('the analysis broke off; the log says why')
      return other
    },
    async stop() {
      stopped = true
      for (const job of jobs.keys()) settle(job, { type: 'stopping' })
      await worker?.terminate()
      worker = null
    },
  }
}
