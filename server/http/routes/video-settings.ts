import { ID_PATTERN } from '../../../shared/domain/field.ts'
import { cameraTourBodySchema } from '../../../shared/protocol/camera-tours.ts'
import { WATERMARK_ROLES, watermarkSchema } from '../../../shared/protocol/watermarks.ts'
import { MOST_TOURS, type VideoSettings } from '../../video/video-settings.ts'
import { MEDIA_ROLES } from '../media-upgrade.ts'
import { answer, problem, route, type Route } from '../route.ts'

const watchers = { roles: MEDIA_ROLES } as const
const seats = { roles: ['duty', 'supervisor'] } as const
const admin = { roles: ['admin'] } as const

/** Sequences of cameras, made at the desk and followed by walls too; and where a role's pictures carry a watermark. */
export function videoSettingsRoutes({ settings }: { readonly settings: VideoSettings }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/camera-tours',
      access: watchers,
      body: null,
      handler: async () => answer({ ok: true, tours: await settings.tours() }),
    }),
    route({
      method: 'PUT',
      path: '/api/camera-tours/:id',
      access: seats,
      body: cameraTourBodySchema,
      async handler({ params, body, principal }) {
        const id = params['id'] ?? ''
        if (!ID_PATTERN.test(id)) return problem('bad_request', 'an id of letters, digits, dot, dash and underscore')
        const done = await settings.putTour(id, body, principal)
        return done
          ? answer({ ok: true, tour: { id, ...body } })
          : problem('conflict', `there are ${MOST_TOURS} tours already: delete one first`)
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/camera-tours/:id',
      access: seats,
      body: null,
      async handler({ params, principal }) {
        const done = await settings.deleteTour(params['id'] ?? '', principal)
        return done ? answer({ ok: true }) : problem('not_found', 'no such tour')
      },
    }),
    route({
      method: 'GET',
      path: '/api/watermark',
      access: watchers,
      body: null,
      async handler({ principal }) {
        return answer({ ok: true, ...(await settings.watermarkOf(principal.role)), name: principal.name })
      },
    }),
    route({
      method: 'GET',
      path: '/api/watermarks',
      access: admin,
      body: null,
      handler: async () => answer({ ok: true, watermarks: await settings.watermarks() }),
    }),
    route({
      method: 'PUT',
      path: '/api/watermarks/:role',
      access: admin,
      body: watermarkSchema,
      async handler({ params, body, principal }) {
        const role = WATERMARK_ROLES.find((each) => each === params['role'])
        if (role === undefined) return problem('not_found', 'no role that sees pictures')
        await settings.setWatermark(role, body, principal)
        return answer({ ok: true, watermark: { role, ...body } })
      },
    }),
  ]
}
