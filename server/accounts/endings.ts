/** What ended: a session, a wall's pairing or a token, by its credential id. */
type EndListener = (credentialId: string) => void

/** Tells sockets and streams that what they came in with has ended, so that they close at once. */
export interface Endings {
  /** Returns the way to stop listening. */
  onEnded(listener: EndListener): () => void
  end(credentialId: string): void
}

export function createEndings(): Endings {
  const listeners = new Set<EndListener>()
  return {
    onEnded(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    end(credentialId) {
      for (const listener of listeners) listener(credentialId)
    },
  }
}
