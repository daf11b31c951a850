/** What came from outside, bounded and of a type that was asked for. */
export interface Fetched {
  readonly bytes: Buffer
  readonly contentType: string
}

/** `refused`: not a host of the list, or not a scheme of the web. `failed`: no answer, too slow, too large or of another type. */
export type FetchOutcome =
  | { readonly ok: true; readonly fetched: Fetched }
  | { readonly ok: false; readonly code: 'refused' | 'failed' | 'busy' }

/** Fetches from a short list of hosts; nothing of an address ever reaches a log or an answer, for it may hold a key. */
export interface Upstream {
  /** @param types media types that are taken */
  get(url: string, types: ReadonlySet<string>): Promise<FetchOutcome>
}

const TIMEOUT_MS = 10_000
/** A tile is 10 to 500 KB, a style with all its layers 1 MB. */
const MAX_BYTES = 4 * 1024 * 1024
/** Fetches in work at once: a screen of tiles and some more. */
const MAX_AT_ONCE = 24
/** Everything kept together: a community's tiles at all its zoom levels. */
const MAX_KEPT_BYTES = 64 * 1024 * 1024
/** Maps change by the month. */
const KEEP_MS = 24 * 3_600_000

/**
 * @param hosts `host` or `host:port` that may be asked; redirects are not followed, or the list would mean nothing
 * @param now milliseconds
 */
export function createUpstream(hosts: ReadonlySet<string>, now: () => number): Upstream {
  const kept = new Map<string, { readonly fetched: Fetched; readonly at: number }>()
  const underWay = new Map<string, Promise<FetchOutcome>>()
  let keptBytes = 0

  const forget = (url: string): void => {
    keptBytes -= kept.get(url)?.fetched.bytes.length ?? 0
    kept.delete(url)
  }
  const keep = (url: string, fetched: Fetched): void => {
    forget(url)
    kept.set(url, { fetched, at: now() })
    keptBytes += fetched.bytes.length
    for (const oldest of kept.keys()) {
      if (keptBytes <= MAX_KEPT_BYTES) break
      forget(oldest)
    }
  }

  async function load(url: string, types: ReadonlySet<string>): Promise<FetchOutcome> {
    try {
      const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) })
      const contentType = response.headers.get('content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? ''
      if (!response.ok || !types.has(contentType) || response.body === null) {
        await response.body?.cancel()
        return { ok: false, code: 'failed' }
      }
      const chunks: Uint8Array[] = []
      let length = 0
      for await (const chunk of response.body) {
        length += chunk.length
        if (length > MAX_BYTES) return { ok: false, code: 'failed' } // Leaving the loop cancels the rest.
        chunks.push(chunk)
      }
      const fetched = { bytes: Buffer.concat(chunks, length), contentType }
      keep(url, fetched)
      return { ok: true, fetched }
    } catch {
      return { ok: false, code: 'failed' } // Its message would repeat the address, key and all.
    }
  }

  return {
    async get(url, types) {
      if (!isAllowed(url, hosts)) return { ok: false, code: 'refused' }
      const found = kept.get(url)
      if (found !== undefined && now() - found.at < KEEP_MS) return { ok: true, fetched: found.fetched }
      const same = underWay.get(url)
      if (same !== undefined) return same
      if (underWay.size >= MAX_AT_ONCE) return { ok: false, code: 'busy' }
      const loading = load(url, types)
      underWay.set(url, loading)
      const outcome = await loading
      underWay.delete(url)
      return outcome
    },
  }
}

function isAllowed(url: string, hosts: ReadonlySet<string>): boolean {
  if (!URL.canParse(url)) return false
  const { protocol, host, username, password } = new URL(url)
  return (protocol === 'https:' || protocol === 'http:') && username === '' && password === '' && hosts.has(host)
}
