import type { Role } from '../../shared/domain/roles.ts'
import type { LayerName } from '../../shared/domain/layers.ts'
import type { Category, SiteLayers, SiteManifest } from '../../shared/site/site.ts'
import type { LiveLink } from '../connection/live-link.ts'
import type { BasemapSources } from '../map/basemap.ts'
import type { Mirror } from '../store/mirror.ts'

/** Who looks at this screen, as `GET /api/session` tells. */
export interface Viewer {
  readonly kind: 'user' | 'device'
  readonly username: string
  readonly role: Role
  readonly layers: readonly LayerName[]
}

/** The community that this server serves; files as they stand in the site folder. */
export interface LoadedSite {
  readonly manifest: SiteManifest
  readonly layers: SiteLayers
  readonly categories: readonly Category[]
  readonly basemap: BasemapSources
}

/** What every live screen is given: who looks, at what, and the one mirror with the link that fills it. */
export interface ScreenProps {
  readonly viewer: Viewer
  readonly site: LoadedSite
  readonly mirror: Mirror
  readonly link: LiveLink
}
