/** Whether anybody can see the page. */
export interface Visibility {
  readonly hidden: boolean
  /** Returns the way to stop listening. */
  onChange(listener: () => void): () => void
}

/** The browser's own: a hidden tab gets no animation frames, so what changed meanwhile is told once, on return. */
export function pageVisibility(page: Document): Visibility {
  return {
    get hidden() {
      return page.visibilityState === 'hidden'
    },
    onChange(listener) {
      page.addEventListener('visibilitychange', listener)
      return () => page.removeEventListener('visibilitychange', listener)
    },
  }
}

/** For where there is no page. */
export const ALWAYS_VISIBLE: Visibility = { hidden: false, onChange: () => () => undefined }
