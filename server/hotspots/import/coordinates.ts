import gcoordModule from 'gcoord'

import type { ToWgs84 } from '../../../shared/hotspot/import/past-cases.ts'
import type { CoordinateSystem } from '../../../shared/hotspot/import/profile.ts'

/** The part of gcoord that is used. Its types call what Node imports `default.default`, and what Vite imports `default`. */
type Gcoord = { transform: (place: number[], from: string, to: string) => number[]; WGS84: string; GCJ02: string; BD09: string }
const gcoord = gcoordModule as unknown as Gcoord

/** Conversion to WGS-84 from the system that the operator chose; WGS-84 passes unchanged, for converting it would shift it. */
export function toWgs84From(system: CoordinateSystem): ToWgs84 {
  if (system === 'WGS84') return (lng, lat) => [lng, lat]
  const from = system === 'GCJ02' ? gcoord.GCJ02 : gcoord.BD09
  return (lng, lat) => {
    const [trueLng = lng, trueLat = lat] = gcoord.transform([lng, lat], from, gcoord.WGS84)
    return [trueLng, trueLat]
  }
}
