import { z } from 'zod'

import { formatInstant, ID_PATTERN, IDENTITY_MESSAGE, looksLikeIdentity } from '../../../shared/domain/field.ts'
import { isReasonCode, MAX_NOTE_LENGTH } from '../../../shared/alarms/reason.ts'
import { marksAnswer, marksQuerySchema } from '../../../shared/protocol/marks.ts'
import { scenesBodySchema } from '../../../shared/protocol/scenes.ts'
import type { AlarmsAtWork } from '../../alarms/alarms.ts'
import type { Scenes } from '../../alarms/scenes.ts'
import { answer, problem, route, type Route } from '../route.ts'

const people = { roles: ['duty', 'supervisor'] } as const

/** A person's words; what looks like a phone or identity number is no reason. */
const words = z
  .string()
  .trim()
  .min(1)
  .max(MAX_NOTE_LENGTH)
  .refine((text) => !looksLikeIdentity(text), { message: IDENTITY_MESSAGE })

/** `reason`: a reason code or words; `note`: words beside a code. */
const acknowledgeBody = z
  .strictObject({ reason: words, note: words.optional() })
  .refine(({ reason, note }) => note === undefined || isReasonCode(reason), {
    message: 'a note stands beside a reason code; put the words into one of them',
    path: ['note'],
  })
  .transform(({ reason, note }) => (isReasonCode(reason) ? { code: reason, words: note ?? null } : { code: null, words: reason }))

const NOT_RECORDED = {
  journal_full: 'no room to record; the alarm is not acknowledged',
  journal_failed: 'the log could not be written; the alarm is not acknowledged',
  overloaded: 'too much waits to be recorded; try again',
  stopping: 'the server is stopping; try again',
} as const

interface Dependencies {
  readonly alarms: Pick<AlarmsAtWork, 'acknowledge' | 'note' | 'eraseNote' | 'trend'>
  readonly scenes: Scenes
}

/** Alarms in people's hands, the day's trend, and the tours of walls. */
export function alarmRoutes({ alarms, scenes }: Dependencies): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/alarms/:id/acknowledge',
      access: people,
      body: acknowledgeBody,
      async handler({ params, body, principal }) {
        const outcome = await alarms.acknowledge(params['id'] ?? '', body, principal)
        if (outcome.ok) return answer({ ok: true, seq: outcome.seq, at: formatInstant(outcome.at), by: principal.name })
        if (outcome.code === 'not_found') return problem('not_found', 'no such alarm')
        if (outcome.code === 'already_acknowledged') {
          const { by, at } = outcome
          return problem('already_acknowledged', 'somebody acknowledged it before', { facts: { by, at } })
        }
        return problem(outcome.code, NOT_RECORDED[outcome.code], { retryAfterMs: 1_000 })
      },
    }),
    route({
      method: 'GET',
      path: '/api/alarms/:id/note',
      access: people,
      body: null,
      async handler({ params }) {
        const note = await alarms.note(params['id'] ?? '')
        if (note === null) return problem('not_found', 'nobody wrote a note about this alarm')
        const { seat, at, text } = note
        return answer({ ok: true, note: { by: seat, at: formatInstant(at), text, erased: text === null } })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/alarms/:id/note',
      access: { roles: ['supervisor'] },
      body: null,
      async handler({ params, principal }) {
        const done = await alarms.eraseNote(params['id'] ?? '', principal)
        return done ? answer({ ok: true }) : problem('not_found', 'nobody wrote a note about this alarm')
      },
    }),
    route({
      method: 'GET',
      path: '/api/trend',
      access: { roles: ['wall', 'duty', 'supervisor', 'office'] },
      body: null,
      handler: () => answer(alarms.trend.read(), { headers: { 'Cache-Control': 'no-store' } }),
    }),
    route({
      method: 'GET',
      path: '/api/history/marks',
      access: people,
      body: null,
      async handler({ query }) {
        const read = marksQuerySchema.safeParse(Object.fromEntries(query))
        if (!read.success)
          return problem('bad_request', 'from, to (instants with an offset), limit (1 to 2000), order (asc or desc)')
        const { from, to, limit, order } = read.data
        const marks = await alarms.trend.marks({ fromMs: from, toMs: to, limit: limit + 1, newestFirst: order === 'desc' })
        const body = marksAnswer(marks.slice(0, limit), marks.length <= limit)
        return answer(body, { headers: { 'Cache-Control': 'no-store' } })
      },
    }),
    route({
      method: 'GET',
      path: '/api/scenes',
      access: { roles: ['wall', 'duty', 'supervisor', 'admin'] },
      body: null,
      async handler({ principal, query }) {
        // A wall sees its own tour; people ask for any.
        const wallId = principal.kind === 'device' ? principal.id : query.get('wallId')
        if (wallId !== null && !ID_PATTERN.test(wallId)) return problem('bad_field', 'not the id of a wall', { field: 'wallId' })
        return answer(await scenes.read(wallId), { headers: { 'Cache-Control': 'no-store' } })
      },
    }),
    route({
      method: 'PUT',
      path: '/api/scenes',
      access: { roles: ['duty', 'supervisor', 'admin'] },
      body: scenesBodySchema,
      handler: async ({ body, principal }) => answer(await scenes.write(body, principal)),
    }),
  ]
}
