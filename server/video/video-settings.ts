import type { CameraTour, CameraTourBody } from '../../shared/protocol/camera-tours.ts'
import { cameraTourBodySchema } from '../../shared/protocol/camera-tours.ts'
import { DEFAULT_WATERMARK, WATERMARK_ROLES, type Watermark } from '../../shared/protocol/watermarks.ts'
import type { Role } from '../../shared/domain/roles.ts'
import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import { deleteTour, listTours, listWatermarks, putTour, putWatermark } from '../database/video-settings.ts'

type Actor = Pick<Principal, 'kind' | 'id' | 'name'>

/** More than a duty room tells apart, and a bound for one answer. */
export const MOST_TOURS = 100

/** Sequences of cameras and watermarks: what people set about pictures. */
export interface VideoSettings {
  tours(): Promise<CameraTour[]>
  /** False: there are `MOST_TOURS` already. */
  putTour(id: string, body: CameraTourBody, actor: Actor): Promise<boolean>
  /** False: no such tour. */
  deleteTour(id: string, actor: Actor): Promise<boolean>
  watermarkOf(role: Role): Promise<Watermark>
  watermarks(): Promise<({ role: Role } & Watermark)[]>
  setWatermark(role: Role, watermark: Watermark, actor: Actor): Promise<void>
}

/** @param now UTC milliseconds */
export function createVideoSettings(db: DatabaseHandle['db'], audit: Pick<Audit, 'audited'>, now: () => number): VideoSettings {
  const tours = async (): Promise<CameraTour[]> =>
    (await listTours(db)).map(({ id, name, body }) => ({
      id,
      ...cameraTourBodySchema.parse({ ...(JSON.parse(body) as object), name }),
    }))
  const watermarks = async (): Promise<({ role: Role } & Watermark)[]> => {
    const set = new Map((await listWatermarks(db)).map((row) => [row.role, row]))
    return WATERMARK_ROLES.map((role) => {
      const row = set.get(role)
      return row === undefined ? { role, ...DEFAULT_WATERMARK } : { role, live: row.live === 1, recordings: row.recordings === 1 }
    })
  }
  return {
    tours,
    watermarks,
    async putTour(id, { name, ...rest }, actor) {
      const before = await tours()
      if (before.length >= MOST_TOURS && !before.some((tour) => tour.id === id)) return false
      await audit.audited(
        (transaction) => putTour(transaction, { id, name, body: JSON.stringify(rest), changedAt: now(), changedBy: actor.id }),
        () => ({
          actor,
          action: 'tour.change',
          subject: `camera-tours/${id}`,
          details: { layout: rest.layout, cameras: rest.cameraIds.length },
        }),
      )
      return true
    },
    deleteTour: (id, actor) =>
      audit.audited(
        (transaction) => deleteTour(transaction, id),
        (done) => (done ? { actor, action: 'tour.delete', subject: `camera-tours/${id}` } : null),
      ),
    async watermarkOf(role) {
      const { live, recordings } = (await watermarks()).find((each) => each.role === role) ?? DEFAULT_WATERMARK
      return { live, recordings }
    },
    async setWatermark(role, { live, recordings }, actor) {
      await audit.audited(
        (transaction) => putWatermark(transaction, { role, live: live ? 1 : 0, recordings: recordings ? 1 : 0 }),
        () => ({ actor, action: 'watermark.change', subject: `watermarks/${role}`, details: { live, recordings } }),
      )
    },
  }
}
