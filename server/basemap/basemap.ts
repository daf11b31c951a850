import { proxyStyle, type ProxiedStyle } from './style.ts'
import type { FetchOutcome, Upstream } from './upstream.ts'

/** 天地图's layers by their names there: roads, its labels, pictures from above, their labels, terrain, its labels. */
export const TIANDITU_LAYERS = ['vec', 'cva', 'img', 'cia', 'ter', 'cta'] as const
export type TiandituLayer = (typeof TIANDITU_LAYERS)[number]
const TIANDITU_HOSTS = ['t0', 't1', 't2', 't3', 't4', 't5', 't6', 't7'].map((name) => `${name}.tianditu.gov.cn`)

export interface BasemapConfig {
  readonly tiandituKey: string | null
  readonly tiles: string | null
  readonly style: string | null
}

export interface TilePlace {
  readonly z: number
  readonly x: number
  readonly y: number
}

export type StyleOutcome = { readonly ok: true; readonly style: ProxiedStyle } | Extract<FetchOutcome, { ok: false }>

/** Maps from outside that the operator configured, asked for by the server so that keys stay here. */
export interface Basemap {
  readonly has: { readonly tianditu: boolean; readonly tiles: boolean; readonly style: boolean }
  tianditu(layer: TiandituLayer, place: TilePlace): Promise<FetchOutcome>
  tile(place: TilePlace): Promise<FetchOutcome>
  style(): Promise<StyleOutcome>
  /** A tile of the style's source of this number. */
  styleTile(source: number, place: TilePlace): Promise<FetchOutcome>
  /** @param range such as `0-255` */
  glyphs(fontstack: string, range: string): Promise<FetchOutcome>
  /** @param suffix `.json`, `.png`, `@2x.json` or `@2x.png` */
  sprite(index: number, suffix: string): Promise<FetchOutcome>
}

const IMAGES: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp'])
const TILES: ReadonlySet<string> = new Set([
  ...IMAGES,
  'application/x-protobuf',
  'application/vnd.mapbox-vector-tile',
  'application/octet-stream',
])
const JSON_TYPES: ReadonlySet<string> = new Set([
  'application/json',
  'application/vnd.mapbox-style+json',
  'text/plain',
  'application/octet-stream',
])
const STYLE_MS = 24 * 3_600_000

const nothing: FetchOutcome = { ok: false, code: 'refused' }

/** The hosts that a configuration allows: its own, 天地图's where it has a key, and `extra` ones that a style leads to. */
export function basemapHosts(config: BasemapConfig, extra: readonly string[]): ReadonlySet<string> {
  const own = [config.tiles, config.style].flatMap((url) => (url !== null && URL.canParse(url) ? [new URL(url).host] : []))
  return new Set([...own, ...extra, ...(config.tiandituKey === null ? [] : TIANDITU_HOSTS)])
}

/** @param now milliseconds */
export function createBasemap(config: BasemapConfig, upstream: Upstream, now: () => number): Basemap {
  const { tiandituKey, tiles, style: styleUrl } = config
  let kept: { readonly style: ProxiedStyle; readonly at: number } | null = null

  async function style(): Promise<StyleOutcome> {
    if (styleUrl === null) return { ok: false, code: 'refused' }
    if (kept !== null && now() - kept.at < STYLE_MS) return { ok: true, style: kept.style }
    const outcome = await upstream.get(styleUrl, JSON_TYPES)
    if (!outcome.ok) return outcome
    const loadTileJson = async (url: string): Promise<string | null> => {
      const loaded = await upstream.get(url, JSON_TYPES)
      return loaded.ok ? loaded.fetched.bytes.toString('utf8') : null
    }
    const proxied = await proxyStyle(outcome.fetched.bytes.toString('utf8'), styleUrl, loadTileJson, '/api/basemap/style')
    if (proxied === null) return { ok: false, code: 'failed' }
    kept = { style: proxied, at: now() }
    return { ok: true, style: proxied }
  }
  const ofStyle = async (
    pick: (style: ProxiedStyle) => string | null | undefined,
    types: ReadonlySet<string>,
  ): Promise<FetchOutcome> => {
    const outcome = await style()
    if (!outcome.ok) return outcome
    const url = pick(outcome.style)
    return url === null || url === undefined ? nothing : upstream.get(url, types)
  }

  return {
    has: { tianditu: tiandituKey !== null, tiles: tiles !== null, style: styleUrl !== null },
    tianditu(layer, place) {
      return tiandituKey === null ? Promise.resolve(nothing) : upstream.get(tiandituUrl(layer, place, tiandituKey), IMAGES)
    },
    tile: (place) => (tiles === null ? Promise.resolve(nothing) : upstream.get(fill(tiles, place), TILES)),
    style,
    styleTile: (source, place) =>
      ofStyle(({ tiles: templates }) => {
        const template = templates[source]
        return template === undefined ? null : fill(template, place)
      }, TILES),
    glyphs: (fontstack, range) =>
      ofStyle(({ glyphs }) => glyphs?.replace('{fontstack}', encodeURIComponent(fontstack)).replace('{range}', range), TILES),
    sprite: (index, suffix) =>
      ofStyle(
        ({ sprites }) => {
          const url = sprites[index]
          return url === undefined ? null : withSuffix(url, suffix)
        },
        suffix.endsWith('.json') ? JSON_TYPES : IMAGES,
      ),
  }
}

const fill = (template: string, { z, x, y }: TilePlace): string =>
  template
    .replaceAll('{z}', String(z))
    .replaceAll('{x}', String(x))
    .replaceAll('{y}', String(y))
    .replaceAll('{-y}', String(2 ** z - 1 - y))
    .replaceAll('{ratio}', '')
    .replaceAll('{r}', '')

function tiandituUrl(layer: TiandituLayer, { z, x, y }: TilePlace, key: string): string {
  const query = new URLSearchParams({
    SERVICE: 'WMTS',
    REQUEST: 'GetTile',
    VERSION: '1.0.0',
    LAYER: layer,
    STYLE: 'default',
    TILEMATRIXSET: 'w',
    FORMAT: 'tiles',
    TILEMATRIX: String(z),
    TILEROW: String(y),
    TILECOL: String(x),
    tk: key,
  })
  return `https://${TIANDITU_HOSTS[(x + y) % TIANDITU_HOSTS.length]}/${layer}_w/wmts?${query}`
}

/** Before the query, where a sprite's address has one. */
function withSuffix(url: string, suffix: string): string {
  const [path = '', query] = url.split('?', 2)
  return query === undefined ? path + suffix : `${path}${suffix}?${query}`
}
