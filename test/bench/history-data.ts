import type { Entry, Op } from '../../shared/domain/entry.ts'
import { roundTo, type Fields, type FieldValue } from '../../shared/domain/field.ts'
import { fieldSpecsOf, type LayerName } from '../../shared/domain/layers.ts'
import type { Change } from '../../shared/world/change.ts'
import { seededRandom } from '../support/random.ts'

/** How many records of each kind; the demo community when not said otherwise. */
export interface HistoryScale {
  readonly workers: number
  readonly stations: number
  readonly merchants: number
  readonly residents: number
  readonly cameras: number
  readonly buildings: number
}
export const DEMO_SCALE: HistoryScale = {
  workers: 126,
  stations: 26,
  merchants: 1_000,
  residents: 12_000,
  cameras: 8,
  buildings: 120,
}

const SECOND_MS = 1_000
const DAY_SECONDS = 86_400
const START_MS = Date.UTC(2026, 9, 24)

const full = (layer: LayerName, fields: Record<string, FieldValue>): Fields =>
  Object.fromEntries(Object.keys(fieldSpecsOf(layer)).map((name) => [name, fields[name] ?? null]))
const numbered = (prefix: string, index: number, width = 4) => `${prefix}-${String(index + 1).padStart(width, '0')}`

/**
 * A log with the demo's rhythm, endless: walking workers every 30 s, stations and cameras every minute, residents seen
 * once a day with what follows for their building, merchants opening and closing. One commit a second, as the feed posts.
 */
export function* demoHistory(scale: HistoryScale, seed = 1): Generator<Change[]> {
  const random = seededRandom(seed)
  let seq = 0
  let second = 0
  let batch: Change[] = []
  const place = (): [number, number] => [roundTo(114.64 + random.next() / 40, 6), roundTo(33.61 + random.next() / 40, 6)]
  const recordedAt = () => START_MS + second * SECOND_MS + 17
  const report = (layer: LayerName, id: string, op: Op, fields: Fields, lagMs = 40 + random.below(900)): void => {
    seq += 1
    const entry: Entry = { layer, id, op, observedAt: recordedAt() - lagMs, fields }
    batch.push({ ...entry, seq, recordedAt: recordedAt() })
  }
  const positions = Array.from({ length: scale.workers }, place)
  const headings = positions.map(() => random.below(360))
  const counts = Array.from({ length: scale.buildings }, () => ({ careOk: 0, careDue: 0 }))
  const buildingOf = (resident: number) => resident % scale.buildings
  const cares = Array.from({ length: scale.residents }, () => 'ok')

  for (let index = 0; index < scale.buildings; index += 1) {
    const fields = { name: `${index + 1}号楼`, position: place(), floors: 12, households: 100, careBand: 'none' }
    report('buildings', numbered('b', index), 'put', full('buildings', fields))
  }
  for (let index = 0; index < scale.residents; index += 1) {
    report('residents', numbered('r', index, 6), 'put', { buildingId: numbered('b', buildingOf(index)), care: 'ok' })
  }
  for (let index = 0; index < scale.merchants; index += 1) {
    const fields = { name: `商户${index + 1}`, category: 'F5211', position: place(), open: true, safety: 'ok' }
    report('merchants', numbered('m', index), 'put', full('merchants', fields))
  }
  for (let index = 0; index < scale.stations; index += 1) {
    const fields = { name: `${index + 1}号驿站`, position: place(), state: 'open', water: 'hot', seatsFree: 8, temperatureC: 21 }
    report('stations', numbered('st', index, 2), 'put', full('stations', fields))
  }
  for (let index = 0; index < scale.cameras; index += 1) {
    const fields = { name: `${index + 1}号机`, position: place(), state: 'online' }
    report('cameras', numbered('cam', index, 2), 'put', full('cameras', fields))
  }
  for (const [index, position] of positions.entries()) {
    report('workers', numbered('w', index, 3), 'put', full('workers', { position, headingDeg: 0, duty: 'onDuty' }))
  }
  for (;;) {
    yield batch
    batch = []
    second += 1
    for (let index = second % 30; index < scale.workers; index += 30) {
      const heading = ((headings[index] ?? 0) + random.below(60) - 30 + 360) % 360
      headings[index] = heading
      const [lng, lat] = positions[index] ?? [0, 0]
      const stride = random.next() * 0.0004
      const moved: [number, number] = [
        roundTo(lng + Math.sin((heading * Math.PI) / 180) * stride, 6),
        roundTo(lat + Math.cos((heading * Math.PI) / 180) * stride, 6),
      ]
      positions[index] = moved
      report('workers', numbered('w', index, 3), 'patch', { position: moved, headingDeg: roundTo(heading + random.next(), 1) })
    }
    for (let index = second % 60; index < scale.stations; index += 60) {
      const fields = {
        seatsFree: random.below(12),
        portsFree: random.below(10),
        temperatureC: roundTo(20 + random.next() * 4, 1),
      }
      report('stations', numbered('st', index, 2), 'patch', fields)
    }
    for (let index = second % 60; index < scale.cameras; index += 60) {
      report('cameras', numbered('cam', index, 2), 'patch', {
        fps: roundTo(24.5 + random.next(), 1),
        bitrateKbps: 1800 + random.below(400),
      })
    }
    for (let left = scale.residents / DAY_SECONDS; left > 0; left -= 1) {
      if (left < 1 && !random.chance(left)) break
      const resident = random.below(scale.residents)
      const care = cares[resident] === 'ok' ? 'due' : 'ok'
      cares[resident] = care
      report('residents', numbered('r', resident, 6), 'patch', { care })
      const building = counts[buildingOf(resident)] ?? { careOk: 0, careDue: 0 }
      building[care === 'ok' ? 'careOk' : 'careDue'] += 1
      report('buildings', numbered('b', buildingOf(resident)), 'patch', { careOk: building.careOk, careDue: building.careDue }, 0)
    }
    if (random.chance((scale.merchants * 2) / DAY_SECONDS)) {
      report('merchants', numbered('m', random.below(scale.merchants)), 'patch', { open: random.chance(0.5) })
    }
  }
}
