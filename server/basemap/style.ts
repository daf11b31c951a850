import { z } from 'zod'

const templates = z.array(z.string().max(2_000)).min(1).max(16)
const sourceSchema = z.looseObject({ type: z.string(), tiles: templates.optional(), url: z.string().max(2_000).optional() })
const styleSchema = z.looseObject({
  version: z.literal(8),
  sources: z.record(z.string().max(200), sourceSchema),
  layers: z.array(z.looseObject({ id: z.string(), type: z.string() })).max(2_000),
  glyphs: z.string().max(2_000).optional(),
  sprite: z
    .union([z.string().max(2_000), z.array(z.strictObject({ id: z.string().max(100), url: z.string().max(2_000) })).max(16)])
    .optional(),
})
const tileJsonSchema = z.looseObject({
  tiles: templates,
  minzoom: z.number().optional(),
  maxzoom: z.number().optional(),
  bounds: z.array(z.number()).length(4).optional(),
  attribution: z.string().max(2_000).optional(),
  scheme: z.enum(['xyz', 'tms']).optional(),
})

/** A style whose every address is ours, and what those stand for. */
export interface ProxiedStyle {
  readonly json: string
  /** Templates with `{z}`, `{x}` and `{y}`, by their number in our addresses. */
  readonly tiles: readonly string[]
  /** A template with `{fontstack}` and `{range}`. */
  readonly glyphs: string | null
  /** What `.json`, `.png` and `@2x` are put behind, by number. */
  readonly sprites: readonly string[]
}

/** Tile kinds that are drawn from templates; a style with others keeps the rest of itself. */
const TILED: ReadonlySet<string> = new Set(['vector', 'raster', 'raster-dem'])

/**
 * Turns a MapLibre style into one that asks only us. Sources by TileJSON are resolved here; sources of other kinds and
 * their layers are left out, for they would load from outside.
 * @param text the style
 * @param styleUrl its own address, for relative ones
 * @param loadTileJson a TileJSON's text, null when it does not come
 * @param base what our addresses begin with, such as `/api/basemap`
 */
export async function proxyStyle(
  text: string,
  styleUrl: string,
  loadTileJson: (url: string) => Promise<string | null>,
  base: string,
): Promise<ProxiedStyle | null> {
  const style = parse(styleSchema, text)
  if (style === null) return null
  const absolute = (url: string): string => unescapeTemplate(URL.canParse(url, styleUrl) ? new URL(url, styleUrl).href : url)
  const tiles: string[] = []
  const sources: Record<string, unknown> = {}
  for (const [name, source] of Object.entries(style.sources)) {
    if (!TILED.has(source.type)) continue
    const { url, tiles: own, ...rest } = source
    const tileJson = url === undefined ? null : parse(tileJsonSchema, (await loadTileJson(absolute(url))) ?? '')
    const template = own?.[0] ?? tileJson?.tiles[0]
    if (template === undefined) continue
    const facts = tileJson === null ? {} : only(tileJson, ['minzoom', 'maxzoom', 'bounds', 'attribution', 'scheme'])
    sources[name] = { ...facts, ...rest, tiles: [`${base}/tiles/${tiles.length}/{z}/{x}/{y}`] }
    tiles.push(absolute(template))
  }
  const sprites =
    style.sprite === undefined ? [] : typeof style.sprite === 'string' ? [{ id: 'default', url: style.sprite }] : style.sprite
  const { glyphs, sprite: _sprite, ...rest } = style
  const json = JSON.stringify({
    ...rest,
    sources,
    layers: style.layers.filter((layer) => typeof layer['source'] !== 'string' || layer['source'] in sources),
    ...(glyphs === undefined ? {} : { glyphs: `${base}/glyphs/{fontstack}/{range}` }),
    ...(sprites.length === 0 ? {} : { sprite: sprites.map(({ id }, index) => ({ id, url: `${base}/sprites/${index}` })) }),
  })
  return { json, tiles, glyphs: glyphs === undefined ? null : absolute(glyphs), sprites: sprites.map(({ url }) => absolute(url)) }
}

function parse<T>(schema: z.ZodType<T>, text: string): T | null {
  try {
    return schema.safeParse(JSON.parse(text)).data ?? null
  } catch {
    return null
  }
}

const only = (value: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(Object.entries(value).filter(([name]) => names.includes(name)))

/** URL escapes the braces of a template. */
const unescapeTemplate = (url: string): string => url.replaceAll('%7B', '{').replaceAll('%7D', '}')
