import { availability, availabilityCsv, type AvailabilityStore } from '../../video/availability.ts'
import type { CameraService } from '../../video/camera-service.ts'
import { cameraPatchSchema, newCameraSchema, type RegistryRefusal } from '../../video/camera-registry.ts'
import type { SnapshotResult } from '../../video/hub-protocol.ts'
import type { LiveLooks } from '../../video/live-looks.ts'
import type { ViewingReasons } from '../../video/viewing-reasons.ts'
import { MEDIA_ROLES } from '../media-upgrade.ts'
import { answer, problem, route, type Answer, type Route } from '../route.ts'
import { readInstant, reasonRequired, RECORDING_ROLES } from './recordings.ts'

const admin = { roles: ['admin'] } as const
const DAY = /^\d{4}-\d{2}-\d{2}$/

export interface CameraRouteDependencies {
  readonly cameras: CameraService
  readonly snapshot: (cameraId: string) => Promise<SnapshotResult>
  /** Keeps who looked; left out: nobody asks. */
  readonly looks?: Pick<LiveLooks, 'record'>
  /** The still of a past instant; left out: nothing is recorded here. */
  readonly recordings?: {
    readonly stillAt: (cameraId: string, atMs: number) => Promise<SnapshotResult>
    readonly reasons: ViewingReasons
  }
  /** Left out: not counted here. */
  readonly availability?: AvailabilityStore
}

/** The registry, for admins; urls go in and never come out. And each camera's newest still, for who may see its picture. */
export function cameraRoutes({ cameras, snapshot, looks, recordings, availability: days }: CameraRouteDependencies): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/cameras',
      access: admin,
      body: null,
      handler: async () => answer({ ok: true, cameras: await cameras.list() }),
    }),
    route({
      method: 'POST',
      path: '/api/cameras',
      access: admin,
      body: newCameraSchema,
      async handler({ body }) {
        const made = await cameras.create(body)
        return made.ok ? answer({ ok: true, camera: made.value }, { status: 201 }) : refusal(made)
      },
    }),
    route({
      method: 'GET',
      path: '/api/cameras/availability',
      access: { roles: ['admin', 'supervisor'] },
      body: null,
      async handler({ query }) {
        const [from, to] = [query.get('from') ?? '', query.get('to') ?? '']
        if (!DAY.test(from) || !DAY.test(to) || from > to)
          return problem('bad_request', 'from and to are days such as 2026-11-23')
        const found = (await days?.between(from, to)) ?? []
        if (query.get('format') !== 'csv') {
          return answer({ ok: true, days: found.map((day) => ({ ...day, availability: availability(day) })) })
        }
        const names = new Map((await cameras.list()).map(({ id, name }) => [id, name]))
        const csv = availabilityCsv(found, (id) => names.get(id) ?? '')
        const headers = {
          'Content-Type': 'text/csv; charset=utf-8',
          'Content-Disposition': `attachment; filename="cameras-${from}-${to}.csv"`,
        }
        return answer(Buffer.from(csv, 'utf8'), { headers })
      },
    }),
    route({
      method: 'GET',
      path: '/api/cameras/:id',
      access: admin,
      body: null,
      async handler({ params }) {
        const camera = await cameras.find(params['id'] ?? '')
        return camera === null ? refusal({ code: 'unknown_camera' }) : answer({ ok: true, camera })
      },
    }),
    route({
      method: 'PATCH',
      path: '/api/cameras/:id',
      access: admin,
      body: cameraPatchSchema,
      async handler({ params, body }) {
        const changed = await cameras.patch(params['id'] ?? '', body)
        return changed.ok ? answer({ ok: true, camera: changed.value }) : refusal(changed)
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/cameras/:id',
      access: admin,
      body: null,
      async handler({ params }) {
        const done = await cameras.remove(params['id'] ?? '')
        return done ? answer({ ok: true }) : refusal({ code: 'unknown_camera' })
      },
    }),
    route({
      method: 'GET',
      path: '/api/cameras/:id/snapshot.jpg',
      access: { roles: MEDIA_ROLES },
      body: null,
      async handler({ params, query, principal }) {
        const cameraId = params['id'] ?? ''
        if (!query.has('at')) {
          if (!cameras.allows(cameraId, 'live')) return noConsent()
          await looks?.record(principal, cameraId, 'still')
          return stillOf(await snapshot(cameraId))
        }
        const atMs = readInstant(query.get('at'))
        if (atMs === null) return problem('bad_request', 'at is an instant')
        if (recordings === undefined) return problem('not_found', 'nothing is recorded here')
        if (!RECORDING_ROLES.includes(principal.role)) return problem('forbidden', `recordings are not for ${principal.role}`)
        if (!cameras.allows(cameraId, 'recordings')) return noConsent()
        const look = { cameraId, what: 'still', fromMs: atMs, toMs: atMs } as const
        return (await recordings.reasons.record(principal, look))
          ? stillOf(await recordings.stillAt(cameraId, atMs))
          : reasonRequired()
      },
    }),
  ]
}

function noConsent(): Answer {
  return problem('no_consent', 'the owner of this camera does not allow that')
}

function refusal(no: RegistryRefusal): Answer {
  switch (no.code) {
    case 'decree':
      return problem('bad_field', 'a camera under Decree 799 is recorded always and kept at least 30 days', {
        field: 'underDecree',
      })
    case 'exists':
      return problem('conflict', 'a camera with this id is registered', { field: 'id' })
    case 'unknown_camera':
      return problem('not_found', 'no such camera')
    case 'bad_url':
      return problem('bad_field', 'an address that begins with rtsp:// or rtsps://', { field: no.field })
    case 'address_refused':
      return problem('bad_field', 'outside the networks and ports where cameras may be', {
        field: no.field,
        facts: { reason: 'address_refused' },
      })
  }
}

function stillOf(still: SnapshotResult): Answer {
  if (still.ok) {
    const headers = { 'Content-Type': 'image/jpeg', 'Last-Modified': new Date(still.atMs).toUTCString() }
    return answer(Buffer.from(still.jpeg), { headers })
  }
  if (still.code === 'unknown_camera') return problem('not_found', 'no such camera')
  return problem('not_ready', 'the camera has no picture now', { retryAfterMs: 2_000, facts: { reason: still.code } })
}
