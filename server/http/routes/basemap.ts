import { TIANDITU_LAYERS, type Basemap, type TilePlace } from '../../basemap/basemap.ts'
import type { FetchOutcome } from '../../basemap/upstream.ts'
import { answer, problem, route, type Answer, type Route } from '../route.ts'

/** Whoever looks at a map of ours; other people's clients have their own. */
const viewers = { roles: ['wall', 'duty', 'supervisor', 'office', 'worker', 'admin'] } as const

/** Beyond this no map has tiles. */
const MAX_ZOOM = 22
const SPRITE = /^(\d{1,2})((?:@2x)?\.(?:json|png))$/
const RANGE = /^\d{1,5}-\d{1,5}$/

/** Maps from outside by our own address, with the operator's keys kept here. */
export function basemapRoutes(basemap: Basemap): Route[] {
  const get = (path: string, handler: (params: Readonly<Record<string, string>>) => Answer | Promise<Answer>): Route =>
    route({ method: 'GET', path, access: viewers, body: null, handler: ({ params }) => handler(params) })
  return [
    get('/api/basemap', () =>
      answer({
        ok: true,
        tianditu: basemap.has.tianditu ? { layers: TIANDITU_LAYERS, tiles: '/api/basemap/tianditu/{layer}/{z}/{x}/{y}' } : null,
        tiles: basemap.has.tiles ? '/api/basemap/tiles/{z}/{x}/{y}' : null,
        style: basemap.has.style ? '/api/basemap/style' : null,
      }),
    ),
    get('/api/basemap/tianditu/:layer/:z/:x/:y', async (params) => {
      const place = readPlace(params)
      const layer = TIANDITU_LAYERS.find((name) => name === params['layer'])
      return place === null || layer === undefined ? noTile() : relay(await basemap.tianditu(layer, place))
    }),
    get('/api/basemap/tiles/:z/:x/:y', async (params) => {
      const place = readPlace(params)
      return place === null ? noTile() : relay(await basemap.tile(place))
    }),
    get('/api/basemap/style', async () => {
      const outcome = await basemap.style()
      if (!outcome.ok) return relay(outcome)
      const headers = { 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'private, max-age=3600' }
      return answer(Buffer.from(outcome.style.json), { headers })
    }),
    get('/api/basemap/style/tiles/:source/:z/:x/:y', async (params) => {
      const place = readPlace(params)
      const source = Number(params['source'])
      return place === null || !Number.isInteger(source) ? noTile() : relay(await basemap.styleTile(source, place))
    }),
    get('/api/basemap/style/glyphs/:fontstack/:range', async ({ fontstack = '', range = '' }) =>
      RANGE.test(range) && fontstack.length <= 200 ? relay(await basemap.glyphs(fontstack, range)) : noTile(),
    ),
    get('/api/basemap/style/sprites/:file', async ({ file = '' }) => {
      const [, index, suffix] = SPRITE.exec(file) ?? []
      return index === undefined || suffix === undefined ? noTile() : relay(await basemap.sprite(Number(index), suffix))
    }),
  ]
}

const noTile = (): Answer => problem('not_found', 'no such part of a map')

function relay(outcome: FetchOutcome): Answer {
  if (outcome.ok) {
    const { bytes, contentType } = outcome.fetched
    return answer(bytes, { headers: { 'Content-Type': contentType, 'Cache-Control': 'private, max-age=86400' } })
  }
  switch (outcome.code) {
    case 'refused':
      return problem('not_found', 'no such map is configured')
    case 'failed':
      return problem('bad_upstream', 'the map does not come from where it is kept')
    case 'busy':
      return problem('overloaded', 'too many parts of the map are on their way', { retryAfterMs: 1_000 })
  }
}

function readPlace({ z, x, y }: Readonly<Record<string, string>>): TilePlace | null {
  const [zoom, column, row] = [z, x, y].map((text) => (text !== undefined && /^\d{1,8}$/.test(text) ? Number(text) : NaN))
  if (zoom === undefined || column === undefined || row === undefined || !(zoom <= MAX_ZOOM)) return null
  return column < 2 ** zoom && row < 2 ** zoom ? { z: zoom, x: column, y: row } : null
}
