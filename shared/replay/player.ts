/** Speeds of a recorded player; negative ones run backwards. 1 is as it was. */
export const PLAYBACK_SPEEDS = [0.25, 0.5, 1, 2, 4, 16, 60, 240, 600] as const

/** What is known of an instant. Silence between two lives of the server is not knowledge that nothing happened. */
export const KNOWLEDGE = ['known', 'before_first', 'server_down', 'not_yet'] as const
export type Knowledge = (typeof KNOWLEDGE)[number]

/** What a player can do beside showing a world. */
export interface PlayerCapabilities {
  /** Whether it goes to an instant: a player that only follows now does not. */
  readonly seek: boolean
  /** Whether it can show now and keep up with it. */
  readonly live: boolean
  readonly speeds: readonly number[]
}

/** Where a player stands. Times are UTC milliseconds of `recordedAt`. */
export interface PlayerState {
  readonly mode: 'live' | 'recorded'
  /** The instant that the mirror shows. */
  readonly atMs: number
  /** The last change that the mirror has. */
  readonly seq: number
  readonly playing: boolean
  /** Seconds of the log in a second of ours; negative when it runs backwards. */
  readonly speed: number
  /** Bytes for the instant asked for are on their way; the mirror still shows `atMs`. */
  readonly loading: boolean
  readonly knowledge: Knowledge
  /** From the first change to the edge of now; null when nothing is recorded. */
  readonly range: { readonly fromMs: number; readonly toMs: number } | null
  /** Why nothing can be shown, as a code; null when all is well. */
  readonly failure: string | null
}

/** What moves a player, as far as its capabilities go. Each call takes effect in order; a seek overtakes one that still loads. */
export interface PlayerControls {
  play(speed: number): void
  pause(): void
  /** Changes the speed, at once when it plays. */
  setSpeed(speed: number): void
  /** @param atMs UTC milliseconds; held inside the range */
  seek(atMs: number): void
  /** To the next change (1) or the one before (-1), and pauses. */
  stepChange(direction: 1 | -1): void
  /** To now, and on with it. Any of the others, except forwards, leaves it for the past. */
  toLive(): void
}

/** A source of what a screen shows, live or recorded: it fills a mirror, and tells when its own state changes. */
export interface Player {
  readonly capabilities: PlayerCapabilities
  readonly state: PlayerState
  subscribe(listener: () => void): () => void
  readonly controls: PlayerControls
  start(): void
  stop(): void
}
