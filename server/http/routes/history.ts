import { parseInstant } from '../../../shared/domain/field.ts'
import { isLayerName, type LayerName } from '../../../shared/domain/layers.ts'
import { layersOf, sightOf, type Audience } from '../../../shared/domain/roles.ts'
import { CHUNK_CLASSES, isChunkClass, layersOfClass, type ChunkClass } from '../../../shared/history/classes.ts'
import { audienceOf, type Principal } from '../../accounts/principal.ts'
import type { HistoryBytes, HistoryService, Instant } from '../../history/history-service.ts'
import { WORLD_FORMATS, type SeenLayer, type WorldFormat } from '../../history/world-document.ts'
import { createInFlight } from '../in-flight.ts'
import { answer, problem, route, type Answer, type Route } from '../route.ts'
import { choosePacking } from './snapshot.ts'

/** Whose work replay is; an integration with this role's eyes gets the classes without people. */
const access = { roles: ['supervisor'], integrations: true } as const
/** Downloads of one session or token at once: what a player that looks ahead uses. */
const DOWNLOADS_AT_ONCE = 8
/** Worlds of one session or token at once: each costs the journal's thread some tens of milliseconds. */
const WORLDS_AT_ONCE = 2
/** A calendar month and a day on either side. */
const MAX_RANGE_MS = 33 * 86_400_000
const MEDIA_TYPE = 'application/octet-stream'
const VARY = 'Accept-Encoding, Cookie, Authorization'

/** The log as immutable bytes, and the world at an instant. */
export function historyRoutes(history: HistoryService): Route[] {
  const downloads = createInFlight(DOWNLOADS_AT_ONCE)
  const worlds = createInFlight(WORLDS_AT_ONCE)
  const busy = (): Answer => problem('rate_limited', 'too many at once', { retryAfterMs: 1_000 })

  /** Keyframes and chunks: bytes that never change under their address, of one class. */
  const stored = (
    path: string,
    read: (key: number, chunkClass: ChunkClass, packing: HistoryBytes['packing']) => Promise<HistoryBytes | null>,
  ) =>
    route({
      method: 'GET',
      path,
      access,
      body: null,
      async handler({ principal, params, query, headers, signal }) {
        // A keyframe without a class is the one that every reader may have.
        const chunkClass = classFor(principal, params['class'] ?? query.get('class') ?? 'community')
        if (typeof chunkClass !== 'string') return chunkClass
        const key = readSeq(params['seq'] ?? '')
        // After a restore the same seq is another change: an address may say which life of the log it means.
        const epoch = query.get('epoch')
        if (key === null || (epoch !== null && epoch !== history.epoch)) return problem('not_found', 'no such part of the log')
        const reading = downloads.run(principal.credentialId, signal, () =>
          read(key, chunkClass, choosePacking(headers['accept-encoding'])),
        )
        if (reading === null) return busy()
        const found = await reading
        if (found === null) return problem('not_found', 'no such part of the log')
        const etag = `"${found.hash}"`
        const common = {
          ETag: etag,
          Vary: VARY,
          // Duty rooms share browsers: where people are concerned nothing stays behind.
          'Cache-Control': chunkClass === 'people' ? 'no-store' : 'private, max-age=31536000, immutable',
        }
        if (isNamed(headers['if-none-match'], etag)) return { status: 304, body: null, headers: common, cookies: [] }
        return bytesAnswer(found.bytes, {
          ...common,
          ...(found.packing === 'identity' ? {} : { 'Content-Encoding': found.packing }),
        })
      },
    })

  return [
    route({
      method: 'GET',
      path: '/api/history/index',
      access,
      body: null,
      async handler({ principal, query, signal }) {
        const fromMs = parseInstant(query.get('from'))
        const toMs = parseInstant(query.get('to'))
        if (fromMs === null || toMs === null || toMs < fromMs || toMs - fromMs > MAX_RANGE_MS) {
          return problem('bad_request', 'from and to are instants with an offset, at most 33 days apart')
        }
        const reading = downloads.run(principal.credentialId, signal, () =>
          history.index(fromMs, toMs, classesOf(audienceOf(principal))),
        )
        if (reading === null) return busy()
        return answer(await reading, { headers: { 'Cache-Control': 'no-store' } })
      },
    }),
    stored('/api/history/keyframe/:seq', history.keyframe),
    stored('/api/history/keyframe/:class/:seq', history.keyframe),
    stored('/api/history/chunk/:class/:seq', history.chunk),
    route({
      method: 'GET',
      path: '/api/history/tail/:class',
      access,
      body: null,
      async handler({ principal, params, query, signal }) {
        const chunkClass = classFor(principal, params['class'] ?? '')
        if (typeof chunkClass !== 'string') return chunkClass
        const after = readSeq(query.get('after') ?? '')
        if (after === null) return problem('bad_field', 'after is a seq', { field: 'after' })
        const reading = downloads.run(principal.credentialId, signal, () => history.tail(after, chunkClass))
        if (reading === null) return busy()
        const bytes = await reading
        return bytes === null
          ? problem('not_found', 'what follows this seq is no longer kept')
          : bytesAnswer(bytes, { Vary: VARY, 'Cache-Control': 'no-store' })
      },
    }),
    route({
      method: 'GET',
      path: '/api/world',
      access,
      body: null,
      async handler({ principal, query, signal }) {
        const audience = audienceOf(principal)
        const at = readInstant(query)
        if (at === null) return problem('bad_request', 'at is an instant with an offset, or seq a number; one of them')
        const format = readFormat(query.get('format'))
        if (format === null) return problem('bad_field', `format is ${WORLD_FORMATS.join(' or ')}`, { field: 'format' })
        const seen = readLayers(audience, query.get('layers'))
        if ('status' in seen) return seen
        const making = worlds.run(principal.credentialId, signal, () => history.world(at, seen, format))
        if (making === null) return busy()
        return bytesAnswer(await making, {
          'Content-Type': format === 'json' ? 'application/json; charset=utf-8' : 'application/geo+json; charset=utf-8',
          'Cache-Control': 'no-store',
        })
      },
    }),
  ]
}

/** Whether an If-None-Match names a tag; a proxy may have made it a weak one. */
function isNamed(header: string | undefined, etag: string): boolean {
  return header?.split(',', 64).some((one) => one.trim().replace(/^W\//, '') === etag) === true
}

function bytesAnswer(bytes: Uint8Array, headers: Readonly<Record<string, string>>): Answer {
  return answer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
    headers: { 'Content-Type': MEDIA_TYPE, ...headers },
  })
}

/** Classes of which an audience sees every layer. */
function classesOf(audience: Audience | null): ChunkClass[] {
  const layers = audience === null ? [] : layersOf(audience)
  return CHUNK_CLASSES.filter((name) => layersOfClass(name).every((layer) => layers.includes(layer)))
}

function classFor(principal: Principal, name: string): ChunkClass | Answer {
  if (!isChunkClass(name)) return problem('not_found', 'no such class', { field: 'class' })
  if (!classesOf(audienceOf(principal)).includes(name))
    return problem('forbidden_layer', `not for ${principal.role}`, { field: name })
  return name
}

function readSeq(text: string): number | null {
  return /^\d{1,15}$/.test(text) ? Number(text) : null
}

function readInstant(query: URLSearchParams): Instant | null {
  const [at, seq] = [query.get('at'), query.get('seq')]
  if ((at === null) === (seq === null)) return null
  if (seq !== null) {
    const number = readSeq(seq)
    return number === null ? null : { seq: number }
  }
  const ms = parseInstant(at)
  return ms === null ? null : { ms }
}

function readFormat(text: string | null): WorldFormat | null {
  return WORLD_FORMATS.find((format) => format === (text ?? 'json')) ?? null
}

/** The layers asked for, all that may be seen when none are named, each with the fields that may be. */
function readLayers(audience: Audience | null, text: string | null): readonly SeenLayer[] | Answer {
  if (audience === null) return problem('forbidden', 'sees nothing')
  const allowed = layersOf(audience)
  const asked = text === null ? allowed : [...new Set(text.split(',', 32))]
  const unseen = asked.find((name) => !isLayerName(name) || !allowed.includes(name))
  if (unseen !== undefined)
    return problem('forbidden_layer', `may not see ${unseen.slice(0, 32)}`, { field: unseen.slice(0, 32) })
  return (asked as readonly LayerName[]).map((layer) => ({ layer, sight: sightOf(layer, audience.role) }))
}
