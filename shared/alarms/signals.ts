/** Layers of subjects that are no records: the machines that report, and this server. */
export const SOURCE_SUBJECT_LAYER = 'sources'
export const SERVER_SUBJECT_LAYER = 'server'
/** The subject of a clock alarm. */
export const CLOCK_SUBJECT_ID = 'clock'

/** A source is silent after this many of its intervals without a word. */
export const SILENT_AFTER_INTERVALS = 3

/** When a source was last heard. It is counted from whichever is later, the last word or the moment that we began to listen. */
export interface SourceEar {
  readonly intervalMs: number
  readonly listeningSinceMs: number
  /** Null: not heard since we began to listen. */
  readonly heardMs: number | null
}

/** The instant from which a source counts as silent, unless it speaks before. */
export function silentFrom(ear: SourceEar): number {
  return Math.max(ear.heardMs ?? 0, ear.listeningSinceMs) + SILENT_AFTER_INTERVALS * ear.intervalMs
}
