import { DEFAULT_RANGE_METERS, nearestCameras, type CameraView, type NearCamera } from '../../../shared/alarms/nearest-cameras.ts'
import type { Position } from '../../../shared/domain/field.ts'
import type { SiteLayers } from '../../../shared/site/site.ts'
import type { SitedView } from '../../../shared/video/site-sight.ts'
import { siteSight } from '../../map/site-sight.ts'
import type { Mirror } from '../../store/mirror.ts'
import { placeOf } from './record-names.ts'

const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null)

function viewsOf(mirror: Mirror): CameraView[] {
  return [...mirror.layer('cameras').records.values()].flatMap((record) => {
    const position = placeOf(record)
    if (position === null || record.fields['state'] === 'disabled') return []
    const { bearingDeg, fieldOfViewDeg, rangeMeters } = record.fields
    const [bearing, angle, range] = [bearingDeg, fieldOfViewDeg, rangeMeters].map(numberOrNull)
    return { id: record.id, position, bearingDeg: bearing ?? null, fieldOfViewDeg: angle ?? null, rangeMeters: range ?? null }
  })
}

function sitedOf({ position, bearingDeg, fieldOfViewDeg, rangeMeters }: CameraView): SitedView | null {
  if (bearingDeg === null || fieldOfViewDeg === null) return null
  return { position, bearingDeg, fieldOfViewDeg, rangeMeters: rangeMeters ?? DEFAULT_RANGE_METERS }
}

/** Where all cameras look that are not switched off and whose view is known. */
export function sitedViews(mirror: Mirror): SitedView[] {
  return viewsOf(mirror).flatMap((view) => sitedOf(view) ?? [])
}

/** The cameras for a place, those that see it past all houses first; cameras that somebody switched off are left out. */
export function camerasNear(
  mirror: Mirror,
  site: SiteLayers,
  place: Position,
  count: number,
): (NearCamera & { readonly name: string })[] {
  const sight = siteSight(site)
  const { records } = mirror.layer('cameras')
  const sees = (camera: CameraView): boolean => {
    const view = sitedOf(camera)
    return view !== null && sight.sees(view, place)
  }
  return nearestCameras(viewsOf(mirror), place, count, sees).map((near) => {
    const name = records.get(near.id)?.fields['name']
    return { ...near, name: typeof name === 'string' ? name : near.id }
  })
}
