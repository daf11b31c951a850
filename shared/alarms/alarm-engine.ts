import type { Alarm } from '../domain/alarms.ts'
import type { Entry } from '../domain/entry.ts'
import { formatInstant, type Fields, type FieldValue, type Position } from '../domain/field.ts'
import { isLayerName, LAYERS, type LayerName } from '../domain/layers.ts'
import type { Change } from '../world/change.ts'
import type { AppliedChange, Derivation } from '../world/derivation.ts'
import { layerOf, recordOf, type World, type WorldRecord } from '../world/world.ts'
import { alarmOf, isOpen, isStanding } from './alarm-state.ts'
import { countsTime, createRulePhases, type KeptPhase } from './rule-phases.ts'
import type { Rule } from './rules.ts'
import { CLOCK_SUBJECT_ID, SERVER_SUBJECT_LAYER, silentFrom, SOURCE_SUBJECT_LAYER, type SourceEar } from './signals.ts'
import { judgeRecord, LASTS, type Judgement } from './judgement.ts'

/** How long an alarm that is cleared and acknowledged stays in the layer, so that a screen can show it as done; then only history has it. */
export const KEEP_DONE_MS = 30 * 60_000

/** What to keep beside the log: a phase that began, or that a record is gone and its phases with it. */
export type PhaseStep = KeptPhase | { readonly layer: LayerName; readonly id: string; readonly phase: null }

/** The alarm rules at work in the writer, and the ears that hear what is not in the world. */
export interface AlarmEngine extends Derivation {
  /** When {@link AlarmEngine.derive} next has something to do: 0 now, Infinity never unless something happens. */
  nextDueMs(): number
  /** Phases that were not among the kept ones: counted from the start, to be kept from now on. */
  readonly newPhases: readonly KeptPhase[]
  /** The phases that began in these changes and must be kept with them. */
  phasesOf(world: World, changes: readonly Change[]): readonly PhaseStep[]
  /** Listens to a source that should report at least every `intervalMs`. Times are the log's own, which never goes back. */
  followSource(id: string, intervalMs: number, nowMs: number): void
  sourceHeard(id: string, nowMs: number): void
  /** Stops listening: the source was deleted. Its alarm clears. */
  forgetSource(id: string): void
  /** The server's clock was set, or stood still. */
  clockJumped(): void
}

/**
 * Raises and clears the alarms of a rule table. What it knows follows from the world and from `kept` (the phases that were
 * written with their changes), so an engine made anew at any point goes on exactly where the old one stopped: it raises
 * nothing twice and loses nothing. The ears for sources are of this process and start anew.
 */
export function createAlarmEngine(world: World, rules: readonly Rule[], kept: readonly KeptPhase[]): AlarmEngine {
  const recordRules = rules.filter((rule) => rule.source === 'record')
  const signalRules = rules.filter((rule) => rule.source === 'signal')
  const phases = createRulePhases(recordRules)
  /** Open alarms by kind and subject. */
  const open = new Map<string, string>()
  const touched = new Set<string>()
  const waiting = new Map<string, number>()
  let earliestMs = Infinity
  /** Kind and subject where a count rose since the last derivation. */
  const risen = new Set<string>()
  const ears = new Map<string, SourceEar>()
  let clockJumped = false
  let clockJumpMs: number | null = null

  const shiftAlarm = (id: string, from: WorldRecord | undefined, to: WorldRecord | undefined): void => {
    if (from !== undefined) {
      const { kind, subject } = alarmOf(from.fields)
      const key = `${kind}|${subject?.layer}|${subject?.id}`
      if (open.get(key) === id) open.delete(key)
      touched.add(`${subject?.layer}|${subject?.id}`)
    }
    if (to !== undefined) {
      const alarm = alarmOf(to.fields)
      const { kind, subject } = alarm
      if (isOpen(alarm)) open.set(`${kind}|${subject?.layer}|${subject?.id}`, id)
      touched.add(`${subject?.layer}|${subject?.id}`)
    }
    touched.add(`alarms|${id}`)
  }

  const risesIn = ({ change, before, after }: AppliedChange): string[] =>
    phases
      .rulesOf(change.layer)
      .filter(({ raisesAgainWith: field }) => field !== null && count(after, field) > count(before, field))
      .map(({ kind }) => `${kind}|${change.layer}|${change.id}`)

  function* judgementsOf(now: World, layer: string, id: string, nowMs: number): Generator<[Rule, Judgement]> {
    if (isLayerName(layer)) {
      const record = recordOf(now, layer, id)
      for (const rule of phases.rulesOf(layer)) {
        yield [rule, judgeRecord(rule, record, record === undefined ? null : phases.of(record, rule), nowMs)]
      }
      return
    }
    for (const rule of signalRules) {
      if (rule.signal === 'source_silent' && layer === SOURCE_SUBJECT_LAYER) yield [rule, judgeSource(now, rule.kind, id, nowMs)]
      if (rule.signal === 'clock_jump' && layer === SERVER_SUBJECT_LAYER) {
        yield [rule, judgeClock(now, rule.kind, rule.clearsAfterSeconds * 1000, nowMs)]
      }
    }
  }

  const openAlarm = (now: World, kind: string, layer: string, id: string): WorldRecord | undefined => {
    const alarmId = open.get(`${kind}|${layer}|${id}`)
    return alarmId === undefined ? undefined : recordOf(now, 'alarms', alarmId)
  }

  function judgeSource(now: World, kind: string, id: string, nowMs: number): Judgement {
    const ear = ears.get(id)
    if (ear === undefined) return { verdict: 'clear', dueMs: Infinity }
    const silentMs = silentFrom(ear)
    if (silentMs <= nowMs) return LASTS
    const alarm = openAlarm(now, kind, SOURCE_SUBJECT_LAYER, id)
    const raisedAt = alarm === undefined ? null : alarmOf(alarm.fields).raisedAt
    // A server that has just started has heard nobody: that alone is no word from the source.
    const spoke = ear.heardMs !== null && ear.heardMs >= Date.parse(raisedAt ?? '1970-01-01T00:00:00Z')
    return { verdict: alarm !== undefined && spoke ? 'clear' : 'wait', dueMs: silentMs }
  }

  function judgeClock(now: World, kind: string, clearsAfterMs: number, nowMs: number): Judgement {
    // In the log's own time, which goes on from the highest instant that it has seen when the clock was set back.
    if (clockJumped) clockJumpMs = nowMs
    clockJumped = false
    const alarm = openAlarm(now, kind, SERVER_SUBJECT_LAYER, CLOCK_SUBJECT_ID)
    const raisedAt = alarm === undefined ? null : Date.parse(alarmOf(alarm.fields).raisedAt ?? '')
    const since = Math.max(clockJumpMs ?? -Infinity, raisedAt ?? -Infinity)
    if (since + clearsAfterMs <= nowMs) return { verdict: 'clear', dueMs: Infinity }
    return { verdict: clockJumpMs === null ? 'wait' : 'raise', dueMs: since + clearsAfterMs }
  }

  /** The changes of one subject's alarms; sets when to look again. */
  function settleSubject(now: World, key: string, nowMs: number, newId: () => string): Entry[] {
    const [layer = '', id = ''] = key.split('|')
    if (layer === 'alarms') return settleDone(now, id, nowMs, (dueMs) => waitUntil(key, dueMs))
    const entries: Entry[] = []
    let dueMs = Infinity
    for (const [rule, judgement] of judgementsOf(now, layer, id, nowMs)) {
      const alarm = openAlarm(now, rule.kind, layer, id)
      const again = risen.delete(`${rule.kind}|${layer}|${id}`)
      const change = stepOf(rule, judgement.verdict, alarm, again, nowMs)
      if (change === 'raise') {
        const position = isLayerName(layer) ? placeOf(recordOf(now, layer, id)) : null
        entries.push({
          layer: 'alarms',
          id: newId(),
          op: 'put',
          observedAt: nowMs,
          fields: raised(rule, layer, id, position, nowMs),
        })
      } else if (change !== null && alarm !== undefined) entries.push(patchOf(alarm, change, nowMs))
      if (judgement.verdict !== 'clearing' || alarm !== undefined) dueMs = Math.min(dueMs, judgement.dueMs)
    }
    waitUntil(key, dueMs)
    return entries
  }

  const waitUntil = (key: string, dueMs: number): void => {
    if (dueMs === Infinity) waiting.delete(key)
    else waiting.set(key, dueMs)
    earliestMs = Math.min(earliestMs, dueMs)
  }

  const newPhases: KeptPhase[] = []
  const keptByKey = new Map(kept.map((phase) => [`${phase.kind}|${phase.layer}|${phase.id}`, phase]))
  for (const layer of LAYERS) {
    if (phases.rulesOf(layer).length === 0) continue
    for (const record of layerOf(world, layer).records.values()) {
      phases.begin(layer, record, (kind) => keptByKey.get(`${kind}|${layer}|${record.id}`), world.recordedAt)
      touched.add(`${layer}|${record.id}`)
      for (const rule of phases.rulesOf(layer).filter(countsTime)) {
        const { phase, sinceMs } = phases.of(record, rule)
        const before = keptByKey.get(`${rule.kind}|${layer}|${record.id}`)
        if (before?.phase !== phase || before.sinceMs !== sinceMs)
          newPhases.push({ kind: rule.kind, layer, id: record.id, phase, sinceMs })
      }
    }
  }
  for (const alarm of layerOf(world, 'alarms').records.values()) shiftAlarm(alarm.id, undefined, alarm)

  return {
    newPhases,
    observe(applied) {
      const { change, before, after } = applied
      if (change.layer === 'alarms') shiftAlarm(change.id, before, after)
      const watching = phases.rulesOf(change.layer)
      if (watching.length === 0) return
      const rose = risesIn(applied)
      for (const key of rose) risen.add(key)
      const changed = after === undefined || phases.follow(change, before, after)
      const rehoused = watching.some(({ duringHours: field }) => field !== null && before?.fields[field] !== after?.fields[field])
      if (changed || rehoused || rose.length > 0) touched.add(`${change.layer}|${change.id}`)
    },
    revert(applied) {
      const { change, before, after } = applied
      if (change.layer === 'alarms') shiftAlarm(change.id, after, before)
      if (phases.rulesOf(change.layer).length === 0) return
      for (const key of risesIn(applied)) risen.delete(key)
      touched.add(`${change.layer}|${change.id}`)
    },
    derive(now, nowMs) {
      if (earliestMs <= nowMs) {
        earliestMs = Infinity
        for (const [key, dueMs] of waiting) {
          if (dueMs <= nowMs) touched.add(key)
          else earliestMs = Math.min(earliestMs, dueMs)
        }
      }
      if (touched.size === 0) return []
      // Sorted, so that an engine made anew, which looks at everything first, does the same in the same order.
      const keys = [...touched].toSorted()
      touched.clear()
      let made = 0
      const newId = () => `a-${(now.seq + 1 + made++).toString(36)}`
      return keys.flatMap((key) => settleSubject(now, key, nowMs, newId))
    },
    nextDueMs: () => (touched.size > 0 ? 0 : earliestMs),
    phasesOf(now, changes) {
      const records = new Map(changes.map(({ layer, id }) => [`${layer}|${id}`, { layer, id }]))
      const first = changes[0]?.seq ?? 0
      return [...records.values()].flatMap(({ layer, id }): PhaseStep[] => {
        const timed = phases.rulesOf(layer).filter(countsTime)
        if (timed.length === 0) return []
        const record = recordOf(now, layer, id)
        if (record === undefined) return [{ layer, id, phase: null }]
        return timed.flatMap((rule) => {
          const { phase, sinceMs, seq } = phases.of(record, rule)
          return seq >= first ? [{ kind: rule.kind, layer, id, phase, sinceMs }] : []
        })
      })
    },
    followSource(id, intervalMs, nowMs) {
      if (ears.get(id)?.intervalMs !== intervalMs) ears.set(id, { intervalMs, listeningSinceMs: nowMs, heardMs: null })
      touched.add(`${SOURCE_SUBJECT_LAYER}|${id}`)
    },
    sourceHeard(id, nowMs) {
      const ear = ears.get(id)
      if (ear === undefined) return
      ears.set(id, { ...ear, heardMs: nowMs })
      // The deadline that stands may be too early by now; looking again at it is cheaper than moving it at each word.
      if (signalRules.some(({ kind }) => open.has(`${kind}|${SOURCE_SUBJECT_LAYER}|${id}`)))
        touched.add(`${SOURCE_SUBJECT_LAYER}|${id}`)
    },
    forgetSource(id) {
      ears.delete(id)
      touched.add(`${SOURCE_SUBJECT_LAYER}|${id}`)
    },
    clockJumped() {
      clockJumped = true
      touched.add(`${SERVER_SUBJECT_LAYER}|${CLOCK_SUBJECT_ID}`)
    },
  }
}

/** What an alarm's record should become: raised anew, patched, or left. */
function stepOf(
  rule: Rule,
  verdict: Judgement['verdict'],
  record: WorldRecord | undefined,
  again: boolean,
  nowMs: number,
): 'raise' | Fields | null {
  if (record === undefined) return verdict === 'raise' ? 'raise' : null
  const alarm = alarmOf(record.fields)
  if (verdict === 'clear' && isStanding(alarm)) return { state: 'cleared', clearedAt: formatInstant(nowMs) }
  if (verdict !== 'raise') return null
  if (!isStanding(alarm)) return { state: 'raised', clearedAt: null }
  if (again && alarm.acknowledgedAt !== null) {
    const dueAt = dueOf(rule, nowMs)
    return { state: 'raised', ownerId: null, reason: null, dueAt, acknowledgedAt: null }
  }
  return null
}

/** Removes an alarm that has been done for long enough, and mends a state that two changes at once left crooked. */
function settleDone(world: World, id: string, nowMs: number, waitUntil: (dueMs: number) => void): Entry[] {
  const record = recordOf(world, 'alarms', id)
  waitUntil(Infinity)
  if (record === undefined) return []
  const alarm = alarmOf(record.fields)
  if (alarm.state === 'cleared' && isStanding(alarm)) return [patchOf(record, { clearedAt: formatInstant(nowMs) }, nowMs)]
  if (alarm.state !== 'cleared' && !isStanding(alarm)) return [patchOf(record, { state: 'cleared' }, nowMs)]
  if (alarm.state === 'raised' && alarm.acknowledgedAt !== null) return [patchOf(record, { state: 'acknowledged' }, nowMs)]
  if (isOpen(alarm)) return []
  const doneMs = Math.max(Date.parse(alarm.clearedAt ?? ''), Date.parse(alarm.acknowledgedAt ?? ''))
  if (doneMs + KEEP_DONE_MS > nowMs) {
    waitUntil(doneMs + KEEP_DONE_MS)
    return []
  }
  return [{ layer: 'alarms', id, op: 'remove', observedAt: Math.max(nowMs, record.observedAt), fields: {} }]
}

/** A device's clock may run ahead of ours: a step of ours must not look older than its last. */
function patchOf(record: WorldRecord, fields: Fields, nowMs: number): Entry {
  return { layer: 'alarms', id: record.id, op: 'patch', observedAt: Math.max(nowMs, record.observedAt), fields }
}

function raised(rule: Rule, layer: string, id: string, position: Position | null, nowMs: number): Fields {
  // What a wall shows of it is the writer's to add.
  const fields: Record<Exclude<keyof Alarm, 'shownSubject' | 'shownPosition'>, FieldValue> = {
    kind: rule.kind,
    priority: rule.priority,
    subject: { layer, id },
    position,
    state: 'raised',
    ownerId: null,
    reason: null,
    raisedAt: formatInstant(nowMs),
    dueAt: dueOf(rule, nowMs),
    acknowledgedAt: null,
    clearedAt: null,
  }
  return fields
}

const dueOf = (rule: Rule, nowMs: number): string | null =>
  rule.dueMinutes === null ? null : formatInstant(nowMs + rule.dueMinutes * 60_000)

function placeOf(record: WorldRecord | undefined): Position | null {
  const position = record?.fields['position']
  return Array.isArray(position) ? [Number(position[0]), Number(position[1])] : null
}

function count(record: WorldRecord | undefined, field: string): number {
  const value = record?.fields[field]
  return typeof value === 'number' ? value : 0
}
