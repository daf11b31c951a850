import { NEVER_MERGED_LAYERS } from '../domain/layers.ts'
import type { Change } from './change.ts'

/**
 * Merges a tick's effective changes: of one record, patches become one patch, put and patch become one put, and the last
 * one's seq and time stand. A remove keeps its place after what came before it is dropped; a put after a remove of the
 * same record stays a put. Layers in which every step counts are left as they are. The result, in seq order, reduces to
 * the same world as the input at the last seq.
 */
export function mergeChanges(changes: readonly Change[]): Change[] {
  const latest = new Map<string, Change>()
  const kept: Change[] = []
  for (const change of changes) {
    if (NEVER_MERGED_LAYERS.includes(change.layer)) {
      kept.push(change)
      continue
    }
    const key = `${change.layer}\n${change.id}`
    const before = latest.get(key)
    latest.delete(key)
    latest.set(key, before === undefined ? change : mergeTwo(before, change))
  }
  if (kept.length === 0) return [...latest.values()]
  return [...kept, ...latest.values()].toSorted((a, b) => a.seq - b.seq)
}

function mergeTwo(before: Change, after: Change): Change {
  if (after.op !== 'patch' || before.op === 'remove') return after
  return { ...after, op: before.op, fields: { ...before.fields, ...after.fields } }
}
