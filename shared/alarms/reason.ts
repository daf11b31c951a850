/** The reasons that a screen offers; closed, so that they can be counted. Anything else is a note in a person's words. */
export const REASON_CODES = ['real', 'false', 'duplicate', 'drill'] as const
export type ReasonCode = (typeof REASON_CODES)[number]

/** The longest note. */
export const MAX_NOTE_LENGTH = 200

/** Where a note's text lies, and a hash of it with a salt that lies beside the text and goes with it. */
export interface NoteReference {
  readonly noteId: string
  /** SHA-256 of salt and text, hex. */
  readonly hash: string
}

/** What an alarm's `reason` field says: a code, a note that is an erasable row beside the log, or both. */
export interface Reason {
  readonly code: ReasonCode | null
  readonly note: NoteReference | null
}

export function isReasonCode(text: string): text is ReasonCode {
  return (REASON_CODES as readonly string[]).includes(text)
}

/** The one written form: `code:drill`, `note:<id>:<hash>`, or both with a blank between; at most 160 characters. */
export function formatReason({ code, note }: Reason): string {
  return [code === null ? [] : `code:${code}`, note === null ? [] : `note:${note.noteId}:${note.hash}`].flat().join(' ')
}

/** Reads an alarm's `reason`; a part that is missing or of another make is null. */
export function parseReason(text: string | null): Reason {
  let code: ReasonCode | null = null
  let note: NoteReference | null = null
  for (const part of (text ?? '').split(' ')) {
    const [kind, first = '', second = ''] = part.split(':')
    if (kind === 'code' && isReasonCode(first)) code = first
    if (kind === 'note' && first !== '' && second !== '') note = { noteId: first, hash: second }
  }
  return { code, note }
}
