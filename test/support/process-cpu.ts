import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts processor time in ticks of 10 ms (`getconf CLK_TCK` is 100 on every machine that we run on). */
const TICK_MS = 10

interface Stat {
  readonly pid: number
  readonly parent: number
  readonly cpuMs: number
}

function statOf(pid: number): Stat | null {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1')
    const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
    return { pid, parent: Number(fields[1]), cpuMs: (Number(fields[11]) + Number(fields[12])) * TICK_MS }
  } catch {
    return null // Gone since.
  }
}

/** Processor time of a process and of all its living descendants, in milliseconds. */
export function treeCpuMs(root: number): number {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
  const inTree = new Set([root])
  for (let size = 0; size !== inTree.size;) {
    size = inTree.size
    for (const { pid, parent } of all) if (inTree.has(parent)) inTree.add(pid)
  }
  return all.filter(({ pid }) => inTree.has(pid)).reduce((sum, { cpuMs }) => sum + cpuMs, 0)
}

/** Process ids of a process's direct children. */
export function childrenOf(root: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => statOf(Number(name)) ?? [])
    .filter(({ parent }) => parent === root)
    .map(({ pid }) => pid)
}
