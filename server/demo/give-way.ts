import { setPriority } from 'node:os'

/** A tenth of the share of what does not give way. */
const NICE = 10

/** Lets a process of the demo run when the server and whoever looks at it do not want the processor. */
export function giveWay(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    setPriority(pid, NICE)
  } catch {
    // It ended already, or this system has no such thing: it then runs like the others.
  }
}
