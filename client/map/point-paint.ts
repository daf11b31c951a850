import { MERCHANT_SAFETY } from '../../shared/domain/merchants.ts'
import { WORKER_DUTIES } from '../../shared/domain/workers.ts'
import type { Mirror } from '../store/mirror.ts'
import { PALETTE, rgba } from './palette.ts'
import type { PaintSlot } from './point-buffers.ts'

const HAZARD = MERCHANT_SAFETY.indexOf('hazard')
const MERCHANT_INK = rgba(PALETTE.merchant, 200)
const HAZARD_INK = rgba(PALETTE.alarm, 255)

/**
 * A shop: violet, faint while closed, red with a hazard.
 * @param hidden slots that are drawn as part of a cluster
 */
export function paintMerchant(mirror: Mirror, hidden: (slot: number) => boolean): PaintSlot {
  const { columns } = mirror.layer('merchants')
  return (slot, into, at) => {
    const ink = columns.bytes['safety']?.[slot] === HAZARD ? HAZARD_INK : MERCHANT_INK
    into.set(ink, at)
    // Closed shops stay on the map, fainter: where they are does not change with the hour.
    if (columns.bytes['open']?.[slot] !== 1 && ink === MERCHANT_INK) into[at + 3] = 90
    if (hidden(slot) && ink === MERCHANT_INK) into[at + 3] = 0
  }
}

const OFF_DUTY = WORKER_DUTIES.indexOf('off')

/** A grid worker: shown while on duty only. */
export function paintWorker(mirror: Mirror): PaintSlot {
  const { columns } = mirror.layer('workers')
  return (slot, into, at) => into.fill(columns.bytes['duty']?.[slot] === OFF_DUTY ? 0 : 255, at, at + 4)
}
