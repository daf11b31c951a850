/**
 * `connecting`: no socket yet, or again none; `loading`: joined, snapshots on their way; `live`: everything applied and
 * heard of within {@link SILENCE_MS}; `silent`: connected, but nothing came for longer, so the picture may be old;
 * `ended`: signed out, revoked or not allowed, no use in trying again; `outdated`: the server speaks another version, load
 * the page anew.
 */
export type LinkPhase = 'connecting' | 'loading' | 'live' | 'silent' | 'ended' | 'outdated'

/** After this long without any message the picture is old. Beats come each second. */
export const SILENCE_MS = 3_000

/** The link to the server as a screen shows it. */
export interface LinkState {
  readonly phase: LinkPhase
  /** Whether the picture may be older than {@link SILENCE_MS}: what the banner across the screen is for. */
  readonly stale: boolean
  /** Our clock, when the last message came; null before the first. */
  readonly lastMessageAtMs: number | null
  /** The server's clock at the last change that came; null before the first. */
  readonly lastChangeAtMs: number | null
  /** From the server's clock in the last message to our receiving it, in milliseconds; null before it is known. */
  readonly delayMs: number | null
  readonly roundTripMs: number | null
  /** Add to our clock to get the server's. */
  readonly clockOffsetMs: number
  /** Why the phase is `ended`, as a code of the server. */
  readonly endedCode: string | null
  /** Times that something was lost and asked for again, since the start. */
  readonly rejoins: number
}

export const FIRST_LINK_STATE: LinkState = {
  phase: 'connecting',
  stale: true,
  lastMessageAtMs: null,
  lastChangeAtMs: null,
  delayMs: null,
  roundTripMs: null,
  clockOffsetMs: 0,
  endedCode: null,
  rejoins: 0,
}
