import { SITE_LAYER_NAMES } from '../../../shared/site/site.ts'
import type { Site, SiteFile } from '../../site/site-folder.ts'
import { createFiles } from '../files.ts'
import { answer, problem, route, type Answer, type Route } from '../route.ts'

/** Whoever looks at a map; integrations draw one too. */
const viewers = { roles: ['wall', 'duty', 'supervisor', 'office', 'worker', 'admin'], integrations: true } as const

/** The site as it is served; null while there is none. */
export interface SiteView {
  readonly site: Site
  readonly files: readonly SiteFile[]
}

export interface SiteRouteDependencies {
  readonly site: () => SiteView | null
  /** The site's folder; its `tiles` folder holds PMTiles and the like, served as they are. */
  readonly siteDir: string
}

/** What stands still: the site's name, its GeoJSON, its table of categories, and map files of the operator. */
export function siteRoutes({ site, siteDir }: SiteRouteDependencies): Route[] {
  const tiles = createFiles(`${siteDir}/tiles`)
  const none = (): Answer => problem('not_found', 'there is no site yet: npm run site -- import FOLDER')
  return [
    route({
      method: 'GET',
      path: '/api/site',
      access: viewers,
      body: null,
      async handler() {
        const view = site()
        if (view === null) return none()
        const { manifest, categories } = view.site
        const layers = SITE_LAYER_NAMES.filter((name) => view.files.some((file) => file.name === `${name}.geojson`))
        const etag = (name: string): string => view.files.find((file) => file.name === name)?.etag.replaceAll('"', '') ?? ''
        const files = Object.fromEntries(layers.map((name) => [name, `/api/site/${name}.geojson?v=${etag(`${name}.geojson`)}`]))
        return answer({
          ok: true,
          manifest,
          categories,
          layers: files,
          tiles: (await tiles.list()).map((name) => `/api/site/tiles/${name}`),
        })
      },
    }),
    route({
      method: 'GET',
      path: '/api/site/:file',
      access: viewers,
      body: null,
      handler({ params, headers }) {
        const file = site()?.files.find(({ name }) => name === params['file'])
        if (file === undefined) return site() === null ? none() : problem('not_found', 'no such file')
        const common = { 'Content-Type': file.contentType, ETag: file.etag, 'Cache-Control': 'private, no-cache' }
        return headers['if-none-match'] === file.etag
          ? answer(Buffer.alloc(0), { status: 304, headers: common })
          : answer(file.bytes, { headers: common })
      },
    }),
    route({
      method: 'GET',
      path: '/api/site/tiles/:file',
      access: viewers,
      body: null,
      handler: ({ params, headers }) => tiles.serve(params['file'] ?? '', { headers }, 'private, no-cache'),
    }),
  ]
}
