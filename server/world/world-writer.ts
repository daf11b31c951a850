import { withWhatWallsShow } from '../../shared/alarms/shown-place.ts'
import type { Entry, Refusal } from '../../shared/domain/entry.ts'
import type { Change } from '../../shared/world/change.ts'
import type { AppliedChange, Derivation } from '../../shared/world/derivation.ts'
import { restoreWorld, snapshotWorld } from '../../shared/world/snapshot.ts'
import {
  effectOf,
  forgetOldTombstones,
  recordOf,
  reduce,
  reduceWithUndo,
  undo,
  type Undo,
  type World,
} from '../../shared/world/world.ts'
import type { ChangeLog, Fact } from '../journal/change-log.ts'

/** What became of a submission's entries, in their order: the change that was recorded, or why it was refused. */
export interface Recorded {
  readonly ok: true
  readonly results: readonly (Change | Refusal)[]
  /** The last seq that belongs to this submission, what follows from it included; the head when nothing was recorded. */
  readonly seq: number
}

/** `journal_full`: no room to record; `journal_failed`: the store refused; `overloaded`: too much is waiting; `stopping`. */
export type NotRecorded = { readonly ok: false; readonly code: 'journal_full' | 'journal_failed' | 'overloaded' | 'stopping' }
export type SubmitOutcome = Recorded | NotRecorded

export interface Submission {
  /** Normalised by the door. */
  readonly entries: readonly Entry[]
  /** Rows to write in the same transaction, given the outcome that will be answered if it commits. */
  readonly facts?: (outcome: Recorded) => readonly Fact[]
}

/** Whether the log can be written; the wall shows anything but `recording` as 无法记录. */
export type JournalState = 'recording' | 'full' | 'failing'

/**
 * `changes` are all that the commit recorded; `effective` those that changed the world (a late report is recorded, but
 * does not overwrite a newer one).
 */
type CommitListener = (changes: readonly Change[], recordedAt: number, effective: readonly Change[]) => void
type StateListener = (state: JournalState) => void

export interface WorldWriter {
  /** The durable world: nothing that is not recorded is ever seen in it. Read only for everyone else. */
  readonly live: World
  readonly journalState: JournalState
  /** Sequences, records and makes durable. Resolves after the commit; never throws for expected outcomes. */
  submit(submission: Submission): Promise<SubmitOutcome>
  /** Durable changes in seq order, one call a commit. Returns the way to stop listening. */
  onCommitted(listener: CommitListener): () => void
  onJournalState(listener: StateListener): () => void
  /** Refuses new submissions, waits for those under way. */
  stop(): Promise<void>
}

/**
 * Rows that follow from a commit's changes and are written in their transaction. Called once a commit with the world after
 * them; must not remember anything, as the commit may fail.
 */
export type Projection = (world: World, changes: readonly Change[]) => readonly Fact[]

export interface WorldWriterOptions {
  readonly log: Pick<ChangeLog, 'append' | 'head'>
  /** The world at the log's head; the writer takes it over. */
  readonly world: World
  readonly derivations: readonly Derivation[]
  readonly projections?: readonly Projection[]
  /** UTC milliseconds. */
  readonly now: () => number
  /** An invariant is broken and the world may not match the log: the process must end and start again from the log. */
  readonly onBroken: (cause: unknown) => void
}

interface Waiting {
  readonly submission: Submission
  readonly resolve: (outcome: SubmitOutcome) => void
}

/** Entries that may wait for a commit: about ten full requests; beyond it sources are told to come back. */
const MAX_WAITING_ENTRIES = 100_000
/** Entries in one commit: bounds how long the event loop is held and how much is taken back when a commit fails. */
const MAX_COMMIT_ENTRIES = 20_000
/** Rounds of derivation after one submission; more means that two derivations chase each other. */
const MAX_DERIVATION_ROUNDS = 8
/** Commits between two sweeps of old tombstones. */
const COMMITS_A_SWEEP = 1_000

/**
 * The single writer. Batches that arrive while a commit is under way share the next one. Entries are reduced on a world
 * ahead of the log, which is taken back when the commit fails; `live` follows only what is durable.
 */
export function createWorldWriter(options: WorldWriterOptions): WorldWriter {
  const ahead = options.world
  const live = restoreWorld(snapshotWorld(ahead))
  const commitListeners = new Set<CommitListener>()
  const stateListeners = new Set<StateListener>()
  let waiting: Waiting[] = []
  let waitingEntries = 0
  let draining: Promise<void> | null = null
  let stopping = false
  let journalState: JournalState = 'recording'
  let commits = 0

  const setState = (state: JournalState): void => {
    if (state === journalState) return
    journalState = state
    for (const listener of stateListeners) listener(state)
  }

  function take(): Waiting[] {
    let entries = 0
    let count = 0
    for (const { submission } of waiting) {
      entries += submission.entries.length
      if (count > 0 && entries > MAX_COMMIT_ENTRIES) break
      count += 1
    }
    const taken = waiting.slice(0, count)
    waiting = waiting.slice(count)
    for (const { submission } of taken) waitingEntries -= submission.entries.length
    return taken
  }

  async function commit(group: readonly Waiting[]): Promise<void> {
    const from = ahead.seq + 1
    const recordedAt = Math.max(ahead.recordedAt, options.now())
    const staged = createStage(ahead, options.derivations, recordedAt)
    const outcomes = group.map(({ submission }) => staged.add(submission))
    const facts = group.flatMap(({ submission }, index) => submission.facts?.(outcomes[index] as Recorded) ?? [])
    if (staged.changes.length > 0) {
      for (const project of options.projections ?? []) facts.push(...project(ahead, staged.changes))
    }
    const nothing = staged.changes.length === 0 && facts.length === 0
    try {
      if (!nothing) await options.log.append({ from, changes: staged.changes }, facts)
    } catch (cause) {
      staged.takeBack()
      const full = isCoded(cause) && cause.code === 'journal_full'
      setState(full ? 'full' : 'failing')
      for (const { resolve } of group) resolve({ ok: false, code: full ? 'journal_full' : 'journal_failed' })
      if (!full && !(await headIs(from - 1))) options.onBroken(cause)
      return
    }
    // An empty commit says nothing of the disk.
    if (!nothing) setState('recording')
    const effective = staged.changes.filter((change) => reduce(live, change) === 'applied')
    commits += 1
    if (commits % COMMITS_A_SWEEP === 0) {
      forgetOldTombstones(ahead)
      forgetOldTombstones(live)
    }
    if (staged.changes.length > 0) for (const listener of commitListeners) listener(staged.changes, recordedAt, effective)
    for (const [index, { resolve }] of group.entries()) resolve(outcomes[index] as Recorded)
  }

  async function headIs(seq: number): Promise<boolean> {
    try {
      return (await options.log.head()) === seq
    } catch {
      return true // The store does not answer: the next append will tell, fenced by its own head.
    }
  }

  async function drain(): Promise<void> {
    try {
      while (waiting.length > 0) await commit(take())
    } catch (cause) {
      options.onBroken(cause)
    } finally {
      draining = null
    }
  }

  return {
    live,
    get journalState() {
      return journalState
    },
    submit(submission) {
      if (stopping) return Promise.resolve({ ok: false, code: 'stopping' })
      if (waitingEntries + submission.entries.length > MAX_WAITING_ENTRIES && waiting.length > 0) {
        return Promise.resolve({ ok: false, code: 'overloaded' })
      }
      return new Promise((resolve) => {
        waiting.push({ submission, resolve })
        waitingEntries += submission.entries.length
        draining ??= drain()
      })
    },
    onCommitted(listener) {
      commitListeners.add(listener)
      return () => commitListeners.delete(listener)
    },
    onJournalState(listener) {
      stateListeners.add(listener)
      return () => stateListeners.delete(listener)
    },
    async stop() {
      stopping = true
      while (draining !== null) await draining
    },
  }
}

const isCoded = (cause: unknown): cause is { code: unknown } => typeof cause === 'object' && cause !== null && 'code' in cause

/** One commit being put together on the world ahead of the log. */
function createStage(world: World, derivations: readonly Derivation[], recordedAt: number) {
  const changes: Change[] = []
  const steps: { readonly undo: Undo; readonly applied: AppliedChange | null }[] = []

  const place = (entry: Entry): Change => {
    const change: Change = { ...withWhatWallsShow(world, entry), seq: world.seq + 1, recordedAt }
    const step = reduceWithUndo(world, change)
    const applied =
      step.effect === 'applied' ? { change, before: step.record, after: recordOf(world, entry.layer, entry.id) } : null
    if (applied !== null) for (const derivation of derivations) derivation.observe(applied)
    steps.push({ undo: step, applied })
    changes.push(change)
    return change
  }

  const derive = (): void => {
    for (let round = 0; round < MAX_DERIVATION_ROUNDS; round += 1) {
      const entries = derivations.flatMap((derivation) => derivation.derive(world, recordedAt))
      if (entries.length === 0) return
      for (const entry of entries) place(entry)
    }
    throw new Error('derivations do not come to rest')
  }

  return {
    changes,
    add(submission: Submission): Recorded {
      const results = submission.entries.map((entry): Change | Refusal => {
        if (effectOf(world, { ...entry, recordedAt }) === 'unknown_record') {
          return { code: 'unknown_record', field: 'id', message: `${entry.layer} has no record of this id; put it first` }
        }
        return place(withoutPlaceOffDuty(world, entry))
      })
      derive()
      return { ok: true, results, seq: world.seq }
    },
    takeBack(): void {
      for (const { undo: step, applied } of steps.toReversed()) {
        if (applied !== null) for (const derivation of derivations) derivation.revert(applied)
        undo(world, step)
      }
    },
  }
}

/** A worker who is off duty has no position, also when a late report of one arrives. */
function withoutPlaceOffDuty(world: World, entry: Entry): Entry {
  if (entry.layer !== 'workers' || entry.op !== 'patch' || entry.fields['position'] === undefined) return entry
  const duty = entry.fields['duty'] ?? recordOf(world, 'workers', entry.id)?.fields['duty']
  return duty === 'off' ? { ...entry, fields: { ...entry.fields, position: null, headingDeg: null } } : entry
}
