import { z } from 'zod'

import { formatInstant, ID_PATTERN, IDENTITY_MESSAGE, looksLikeIdentity, parseInstant } from '../../../shared/domain/field.ts'
import type { Hold, Holds } from '../../history/holds.ts'
import { answer, problem, route, type Route } from '../route.ts'

const access = { roles: ['supervisor'] } as const
/** A year: what has to stay for longer is exported. */
const MAX_RANGE_MS = 366 * 86_400_000

/** Why, in words that stay in the audit register for ever: so nobody's phone or identity number. */
export const auditedReason = z
  .string()
  .trim()
  .min(2)
  .max(500)
  .refine((text) => !looksLikeIdentity(text), { message: IDENTITY_MESSAGE })

const holdSchema = z.strictObject({
  from: z.string().max(40),
  to: z.string().max(40),
  /** Null: every camera. */
  cameras: z.array(z.string().regex(ID_PATTERN)).max(256).nullable(),
  reason: auditedReason,
})

/** Holds: what no retention and nobody may trim, until a supervisor releases it with a reason. */
export function holdRoutes(holds: Holds): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/holds',
      access,
      body: null,
      async handler() {
        return answer({ ok: true, holds: (await holds.list()).map(written) }, { headers: { 'Cache-Control': 'no-store' } })
      },
    }),
    route({
      method: 'POST',
      path: '/api/holds',
      access,
      body: holdSchema,
      async handler({ principal, body: { from, to, cameras, reason } }) {
        const fromMs = parseInstant(from)
        const toMs = parseInstant(to)
        if (fromMs === null || toMs === null || toMs <= fromMs || toMs - fromMs > MAX_RANGE_MS) {
          return problem('bad_request', 'from and to are instants with an offset, at most a year apart')
        }
        const made = await holds.make(
          { fromMs, toMs, cameras: cameras === null ? null : [...new Set(cameras)], reason },
          principal,
        )
        if (!made.ok) return problem('conflict', 'too many holds: release some first')
        const logFrom = made.logFromMs === null ? null : formatInstant(made.logFromMs)
        return answer({ ok: true, id: made.id, logFrom }, { status: 201 })
      },
    }),
    route({
      method: 'POST',
      path: '/api/holds/:id/release',
      access,
      body: z.strictObject({ reason: auditedReason }),
      async handler({ principal, params, body }) {
        switch (await holds.release(params['id'] ?? '', body.reason, principal)) {
          case 'released':
            return answer({ ok: true })
          case 'released_before':
            return problem('conflict', 'somebody released it before')
          case 'not_found':
            return problem('not_found', 'no such hold')
        }
      },
    }),
  ]
}

const written = ({ id, fromMs, toMs, cameras, reason, by, atMs, released }: Hold) => ({
  id,
  from: formatInstant(fromMs),
  to: formatInstant(toMs),
  cameras,
  reason,
  by,
  at: formatInstant(atMs),
  released: released === null ? null : { by: released.by, at: formatInstant(released.atMs), reason: released.reason },
})
