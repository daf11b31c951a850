/** Bounds how much one session, device or token has under way at once. */
export interface InFlight {
  /**
   * Does one more piece of work, or nothing when there are too many: then null. It counts until it is done and its answer
   * has left (the signal aborts then), whichever is later: who hangs up at once does not get more done for it.
   */
  run<T>(credentialId: string, signal: AbortSignal, work: () => Promise<T>): Promise<T> | null
}

export function createInFlight(atOnce: number): InFlight {
  const counts = new Map<string, number>()
  const leave = (credentialId: string): void => {
    const left = (counts.get(credentialId) ?? 1) - 1
    if (left > 0) counts.set(credentialId, left)
    else counts.delete(credentialId)
  }
  return {
    run(credentialId, signal, work) {
      const count = counts.get(credentialId) ?? 0
      if (count >= atOnce) return null
      counts.set(credentialId, count + 1)
      const answered = new Promise<void>((resolve) => {
        if (signal.aborted) resolve()
        else signal.addEventListener('abort', () => resolve(), { once: true })
      })
      const working = Promise.resolve().then(work)
      void Promise.allSettled([answered, working]).then(() => leave(credentialId))
      return working
    },
  }
}
