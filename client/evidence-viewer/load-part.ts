import { viewerDataName } from '../../shared/history/viewer-index.ts'
import type { LoadPart } from './evidence-log.ts'

declare global {
  /** Called by the scripts under `viewer/data`, each once. */
  var lookoutPart: (part: string, base64: string) => void
}

/** Texts kept: some hundred kilobytes each, so that going back and forth reads no file twice in a row. */
const MOST_KEPT = 64

/** Loads parts as scripts: a page from a folder may fetch nothing, but may run what lies beside it. */
export function createPartLoader(document: Document): LoadPart {
  const kept = new Map<string, string>()
  const told = new Map<string, string>()
  globalThis.lookoutPart = (part, base64) => void told.set(part, base64)
  return async (part) => {
    const found = kept.get(part)
    if (found !== undefined) return found
    const script = document.createElement('script')
    script.src = viewerDataName(part)
    await new Promise<void>((resolve, reject) => {
      script.addEventListener('load', () => resolve())
      script.addEventListener('error', () => reject(new Error(`${script.src} is missing`)))
      document.head.append(script)
    })
    script.remove()
    const text = told.get(part)
    if (text === undefined) throw new Error(`${script.src} does not hold ${part}`)
    told.clear()
    kept.set(part, text)
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    return text
  }
}
