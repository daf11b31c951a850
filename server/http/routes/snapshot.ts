import { isLayerName, PEOPLE_LAYERS } from '../../../shared/domain/layers.ts'
import { layersOf, ROLES } from '../../../shared/domain/roles.ts'
import { SNAPSHOT_FORMATS, type SnapshotFormat } from '../../../shared/protocol/snapshot.ts'
import { audienceOf, type Principal } from '../../accounts/principal.ts'
import type { Packing } from '../../realtime/snapshot-messages.ts'
import type { SnapshotService } from '../../realtime/snapshot-service.ts'
import { answer, problem, route, type Answer, type Route } from '../route.ts'

const MEDIA_TYPE: Readonly<Record<SnapshotFormat, string>> = {
  json: 'application/json; charset=utf-8',
  columns: 'application/vnd.apache.arrow.stream',
}

/** Every role that sees a layer at all; which layer, the service decides. */
const roles = ROLES.filter((role) => layersOf({ role, integration: false }).length > 0)

/** `GET /api/snapshot/:layer?format=json|columns`: what a live client begins with. */
export function snapshotRoutes(snapshots: SnapshotService): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/snapshot/:layer',
      access: { roles, integrations: true },
      body: null,
      async handler({ principal, params, query, headers, signal }) {
        const layer = params['layer'] ?? ''
        if (!isLayerName(layer)) return problem('not_found', 'there is no such layer', { field: 'layer' })
        const format = readFormat(query.getAll('format'))
        if (format === null) return problem('bad_field', `format is ${SNAPSHOT_FORMATS.join(' or ')}`, { field: 'format' })
        const live = livePrincipal(principal)
        if (live === null) return problem('forbidden_layer', `may not see ${layer}`)
        const packing = choosePacking(headers['accept-encoding'])
        const outcome = await snapshots.get({ principal: live, layer, format, packing })
        if (!outcome.ok) return refusal(outcome.code, layer)
        // What counts as loading lasts until the bytes have left or the client has.
        if (signal.aborted) outcome.release()
        else signal.addEventListener('abort', outcome.release, { once: true })
        const { etag, bytes } = outcome.built
        const common = {
          ETag: etag,
          Vary: 'Accept-Encoding, Cookie, Authorization',
          // Duty rooms share browsers: where people are concerned nothing stays behind.
          'Cache-Control': PEOPLE_LAYERS.includes(layer) ? 'no-store' : 'private, no-cache',
        }
        if (headers['if-none-match'] === etag) return { status: 304, body: null, headers: common, cookies: [] }
        const encoding = packing === 'identity' ? {} : { 'Content-Encoding': packing }
        return answer(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), {
          headers: { ...common, ...encoding, 'Content-Type': MEDIA_TYPE[format] },
        })
      },
    }),
  ]
}

function livePrincipal(principal: Principal) {
  const audience = audienceOf(principal)
  return audience === null ? null : { key: principal.credentialId, audience }
}

/** The last one asked for, json when none is; null for one that there is not. */
function readFormat(asked: readonly string[]): SnapshotFormat | null {
  const last = asked.at(-1) ?? 'json'
  return SNAPSHOT_FORMATS.find((format) => format === last) ?? null
}

/** The best packing that the client takes (RFC 9110, 12.5.3): zstd, then gzip, then none. */
export function choosePacking(accepted: string | undefined): Packing {
  const weights = new Map<string, number>()
  for (const part of (accepted ?? '').slice(0, 512).split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim().toLowerCase())
    const weight = parameters.find((parameter) => parameter.startsWith('q='))
    weights.set(name, weight === undefined ? 1 : Number(weight.slice(2)) || 0)
  }
  const takes = (name: string): boolean => (weights.get(name) ?? 0) > 0
  if (takes('zstd')) return 'zstd'
  return takes('gzip') ? 'gzip' : 'identity'
}

function refusal(code: 'forbidden_layer' | 'too_many_requests' | 'stopping', layer: string): Answer {
  switch (code) {
    case 'forbidden_layer':
      return problem(code, `may not see ${layer}`, { field: 'layer' })
    case 'too_many_requests':
      return problem('rate_limited', 'at most 4 snapshots at once', { retryAfterMs: 1_000 })
    case 'stopping':
      return problem(code, 'the server is stopping', { retryAfterMs: 1_000 })
  }
}
