import { z } from 'zod'

import { formatInstant, IDENTITY_MESSAGE, looksLikeIdentity } from '../domain/field.ts'
import { instantMs } from './instant.ts'

/** The longest text of a bookmark. */
export const MAX_BOOKMARK_LENGTH = 200

/** Body of `POST /api/bookmarks`: an instant of the log and a person's words, which name nobody's phone or identity number. */
export const bookmarkBodySchema = z.strictObject({
  at: instantMs,
  text: z
    .string()
    .trim()
    .min(1)
    .max(MAX_BOOKMARK_LENGTH)
    .refine((text) => !looksLikeIdentity(text), { message: IDENTITY_MESSAGE }),
})

const bookmarkSchema = z
  .strictObject({ id: z.string(), at: instantMs, text: z.string() })
  .transform(({ at, ...rest }) => ({ ...rest, atMs: at }))

/** A person's own mark in time. */
export type Bookmark = z.output<typeof bookmarkSchema>

/** Answer of `GET /api/bookmarks`: one's own, in order of time. */
export const bookmarksAnswerSchema = z.looseObject({ ok: z.literal(true), bookmarks: z.array(bookmarkSchema) })

/** The wire's form of a bookmark. */
export function writtenBookmark({ id, atMs, text }: Bookmark): z.input<typeof bookmarkSchema> {
  return { id, at: formatInstant(atMs), text }
}
