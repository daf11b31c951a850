import { OPS, type Entry, type Op } from '../../shared/domain/entry.ts'
import { formatInstant, roundTo, type Fields, type FieldSpec, type FieldValue } from '../../shared/domain/field.ts'
import { fieldSpecsOf, LAYERS, type LayerName } from '../../shared/domain/layers.ts'
import type { Change } from '../../shared/world/change.ts'
import { TOMBSTONE_MS } from '../../shared/world/world.ts'
import type { Random } from './random.ts'

const START_MS = Date.UTC(2026, 10, 23, 6)
/** Texts that break careless codecs: quotes, separators, other planes, a lone surrogate, a NUL, number look-alikes. */
const ODD_TEXTS = [
  '一号驿站',
  'a"b\\c',
  '',
  '0',
  '007',
  '1e3',
  'null',
  ' ',
  '\n',
  '🏮',
  '\ud800',
  'x\u0000y',
  '__proto__',
  '２１号',
]

/** A normalised value of a field, its corners more often than chance would. */
export function randomValue(random: Random, spec: FieldSpec): FieldValue {
  if (spec.nullable && random.chance(0.15)) return null
  switch (spec.kind) {
    case 'choice':
      return random.pick(spec.values)
    case 'flag':
      return random.chance(0.5)
    case 'number': {
      const value = random.chance(0.1) ? random.pick([spec.min, spec.max]) : spec.min + random.next() * (spec.max - spec.min)
      return roundTo(value, spec.decimals)
    }
    case 'text':
      return random.chance(0.3) ? random.pick(ODD_TEXTS) : `t-${random.below(30)}`
    case 'time':
      return formatInstant(START_MS + random.below(1e9))
    case 'position':
      return random.chance(0.05)
        ? [random.pick([-180, 180, 0]), random.pick([-90, 90, 0])]
        : [roundTo(114.65 + random.next() / 50, 6), roundTo(33.62 + random.next() / 50, 6)]
    case 'subject':
      return { layer: random.pick(LAYERS), id: `s${random.below(9)}` }
    case 'list':
      return Array.from({ length: random.below(3) }, () => `e${random.below(99)}`)
  }
}

function randomFields(random: Random, layer: LayerName, op: Op): Fields {
  if (op === 'remove') return {}
  const specs = Object.entries(fieldSpecsOf(layer))
  const chosen = op === 'put' ? specs : specs.filter(() => random.chance(0.3))
  const kept = chosen.length > 0 ? chosen : specs.slice(0, 1)
  return Object.fromEntries(kept.map(([name, spec]) => [name, randomValue(random, spec)]))
}

/** An entry of a small world in which records come, change, go, come back and are reported late. */
export function randomEntry(random: Random, nowMs: number): Entry {
  const layer = random.pick(LAYERS)
  const op = random.chance(0.35) ? 'put' : random.chance(0.75) ? 'patch' : random.pick(OPS)
  const late = random.chance(0.2) ? random.below(120_000) : random.below(2_000)
  const id = random.chance(0.02) ? `odd_${random.below(1e6)}:x.${random.below(9)}` : `${layer[0]}-${random.below(7)}`
  return { layer, id, op, observedAt: Math.max(0, nowMs - late), fields: randomFields(random, layer, op) }
}

/** A log of `count` changes from seq 1, whose clock sometimes stands, jumps, or skips past the memory of removals. */
export function randomChanges(random: Random, count: number): Change[] {
  let recordedAt = START_MS
  return Array.from({ length: count }, (_, index) => {
    if (random.chance(0.5)) recordedAt += random.below(900)
    if (random.chance(0.01)) recordedAt += TOMBSTONE_MS + random.below(5)
    return { ...randomEntry(random, recordedAt), seq: index + 1, recordedAt }
  })
}
