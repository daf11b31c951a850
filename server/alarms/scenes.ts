import { DEFAULT_SCENES, tourSchema, type Scene, type ScenesAnswer, type ScenesBody } from '../../shared/protocol/scenes.ts'
import type { Audit } from '../accounts/audit.ts'
import type { Principal } from '../accounts/principal.ts'
import { deleteScenes, putScenes, scenesOf } from '../database/alarms.ts'
import type { DatabaseHandle } from '../database/open-database.ts'

/** The row of the tour that every wall shows that has none of its own. */
const COMMON = ''

/** The walls' tours. */
export interface Scenes {
  /** The tour of a wall, or the common one (null). */
  read(wallId: string | null): Promise<ScenesAnswer>
  /** Changes it, audited, and answers what stands now. */
  write(body: ScenesBody, actor: Pick<Principal, 'kind' | 'id' | 'name'>): Promise<ScenesAnswer>
}

/** @param now UTC milliseconds */
export function createScenes(db: DatabaseHandle['db'], audit: Pick<Audit, 'fact'>, now: () => number): Scenes {
  async function read(wallId: string | null): Promise<ScenesAnswer> {
    const own = wallId === null ? undefined : await scenesOf(db, wallId)
    if (own !== undefined) return { scenes: parse(own.scenes), own: true }
    const common = await scenesOf(db, COMMON)
    return { scenes: common === undefined ? [...DEFAULT_SCENES] : parse(common.scenes), own: false }
  }
  return {
    read,
    async write({ wallId, scenes }, actor) {
      const id = wallId ?? COMMON
      await db.transaction().execute(async (transaction) => {
        if (scenes === null) await deleteScenes(transaction, id)
        else {
          const row = { wallId: id, scenes: JSON.stringify(scenes), changedAt: now(), changedBy: actor.id }
          await putScenes(transaction, row)
        }
        const subject = wallId === null ? 'scenes' : `scenes/${wallId}`
        await audit.fact({ actor, action: 'scenes.change', subject, details: { stops: scenes?.length ?? 0 } })(transaction)
      })
      return read(wallId)
    },
  }
}

const parse = (text: string): Scene[] => tourSchema.parse(JSON.parse(text))
