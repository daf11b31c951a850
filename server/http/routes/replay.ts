import { ID_PATTERN } from '../../../shared/domain/field.ts'
import { bookmarkBodySchema, writtenBookmark } from '../../../shared/protocol/bookmarks.ts'
import { trailBodySchema, writtenTrail } from '../../../shared/protocol/trail.ts'
import type { Replay } from '../../replay/replay.ts'
import { createInFlight } from '../in-flight.ts'
import { answer, problem, route, type Route } from '../route.ts'

const access = { roles: ['supervisor'] } as const
/** Trails of one session at once: each opens sealed chunks. */
const TRAILS_AT_ONCE = 1

/** One's own bookmarks, and the way of the worker who was sent to a case, for a reason. */
export function replayRoutes({ bookmarks, readTrail }: Replay): Route[] {
  const trails = createInFlight(TRAILS_AT_ONCE)
  return [
    route({
      method: 'GET',
      path: '/api/bookmarks',
      access,
      body: null,
      async handler({ principal }) {
        const own = await bookmarks.list(principal)
        return answer({ ok: true, bookmarks: own.map(writtenBookmark) }, { headers: { 'Cache-Control': 'no-store' } })
      },
    }),
    route({
      method: 'POST',
      path: '/api/bookmarks',
      access,
      body: bookmarkBodySchema,
      async handler({ principal, body }) {
        const made = await bookmarks.create(principal, { atMs: body.at, text: body.text })
        return made === null
          ? problem('conflict', 'as many bookmarks as are kept; delete some first')
          : answer({ ok: true, ...writtenBookmark(made) }, { status: 201 })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/bookmarks/:id',
      access,
      body: null,
      async handler({ principal, params }) {
        const done = await bookmarks.remove(principal, params['id'] ?? '')
        return done ? answer({ ok: true }) : problem('not_found', 'no such bookmark of yours')
      },
    }),
    route({
      method: 'POST',
      path: '/api/cases/:id/trail',
      access,
      body: trailBodySchema,
      async handler({ principal, params, body, signal }) {
        const caseId = params['id'] ?? ''
        if (!ID_PATTERN.test(caseId)) return problem('not_found', 'no such case')
        const reading = trails.run(principal.credentialId, signal, () =>
          readTrail(principal, { caseId, atMs: body.at, reason: body.reason }),
        )
        if (reading === null) return problem('rate_limited', 'too many at once', { retryAfterMs: 1_000 })
        const trail = await reading
        return trail === null
          ? problem('not_found', 'nobody was sent to this case by then')
          : answer(writtenTrail(trail), { headers: { 'Cache-Control': 'no-store' } })
      },
    }),
  ]
}
