import { useMemo } from 'react'

import { chosenOf, placeOf, recordOf, type Chosen } from '../desk/record-names.ts'
import { camerasNear } from '../desk/camera-views.ts'
import type { NamedCamera } from '../desk/near-cameras.tsx'
import { alarmOf } from '../../../shared/alarms/alarm-state.ts'
import type { Position } from '../../../shared/domain/field.ts'
import type { SiteLayers } from '../../../shared/site/site.ts'
import type { Mirror } from '../../store/mirror.ts'

/** Where the chosen thing is at the instant that a mirror shows; an alarm without a place is where its subject is. */
export function placeOfChosen(mirror: Mirror, chosen: Chosen | null): Position | null {
  const record = chosen === null ? null : recordOf(mirror, chosen)
  if (chosen?.layer !== 'alarms' || record === null) return placeOf(record)
  const subject = chosenOf(alarmOf(record.fields).subject)
  return placeOf(record) ?? (subject === null ? null : placeOf(recordOf(mirror, subject)))
}

/**
 * The cameras that saw a place at the instant shown, as they stood then, and the nearest others, at most `count`. The same
 * list while nothing about it changes. @param version grows when cameras change
 */
export function useCamerasThen(
  mirror: Mirror,
  site: SiteLayers,
  place: Position | null,
  count: number,
  version: number,
): readonly NamedCamera[] {
  const placeKey = place?.join(',') ?? null
  const found = useMemo(() => {
    if (placeKey === null) return []
    const [lng = 0, lat = 0] = placeKey.split(',').map(Number)
    return camerasNear(mirror, site, [lng, lat], count)
    // The version stands for what is read from the mirror.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [mirror, site, placeKey, count, version])
  const key = JSON.stringify(found)
  return useMemo(() => JSON.parse(key) as readonly NamedCamera[], [key])
}
