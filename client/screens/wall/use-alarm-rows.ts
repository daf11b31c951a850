import { useLayerValue } from '../../store/use-mirror.ts'
import type { LayerMirror, Mirror } from '../../store/mirror.ts'
import { queueRows, type QueueRow } from '../desk/queue-rows.ts'

const rowsOf = (layer: LayerMirror): QueueRow[] => queueRows(layer.records.values())

/** The open alarms, in the order in which they call. */
export function useAlarmRows(mirror: Mirror): readonly QueueRow[] {
  return useLayerValue(mirror, 'alarms', rowsOf)
}
