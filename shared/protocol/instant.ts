import { z } from 'zod'

import { parseInstant } from '../domain/field.ts'

/** An instant with an explicit offset, read as UTC milliseconds. */
export const instantMs = z.string().transform((text, context) => {
  const ms = parseInstant(text)
  if (ms !== null) return ms
  context.addIssue({ code: 'custom', message: 'an instant with an explicit offset' })
  return z.NEVER
})
