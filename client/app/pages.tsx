import { lazy, Suspense, type ReactElement } from 'react'

import type { LoadedSite, Viewer } from './screen.ts'

const Admin = lazy(async () => ({ default: (await import('../screens/admin/admin-screen.tsx')).AdminScreen }))
const Replay = lazy(async () => ({ default: (await import('../screens/replay/replay-screen.tsx')).ReplayScreen }))
const Hotspots = lazy(async () => ({ default: (await import('../screens/hotspots/hotspots-screen.tsx')).HotspotsScreen }))
const Incidents = lazy(async () => ({ default: (await import('../screens/incidents/incidents-screen.tsx')).IncidentsScreen }))
const Verify = lazy(async () => ({ default: (await import('../screens/verify/verify-screen.tsx')).VerifyScreen }))

interface PageProps {
  readonly viewer: Viewer
  readonly site: LoadedSite | null
}

/** `/admin`: accounts, sources, cameras, walls. */
export function AdminPage({ viewer, site }: PageProps): ReactElement {
  return (
    <Suspense fallback={null}>
      <Admin viewer={viewer} site={site} />
    </Suspense>
  )
}

/** `/replay`: any instant of the log. */
export function ReplayPage({ viewer, site }: { readonly viewer: Viewer; readonly site: LoadedSite }): ReactElement {
  return (
    <Suspense fallback={null}>
      <Replay viewer={viewer} site={site} />
    </Suspense>
  )
}

/** `/hotspots`: where cases gather beyond chance. Without a site, datasets alone. */
export function HotspotsPage({ viewer, site }: PageProps): ReactElement {
  return (
    <Suspense fallback={null}>
      <Hotspots viewer={viewer} site={site} />
    </Suspense>
  )
}

/** `/verify`: whether an evidence bundle holds; for anyone, signed in or not. */
export function VerifyPage(): ReactElement {
  return (
    <Suspense fallback={null}>
      <Verify />
    </Suspense>
  )
}

/** `/incidents`: incident files and holds. */
export function IncidentsPage({ site }: PageProps): ReactElement {
  return (
    <Suspense fallback={null}>
      <Incidents site={site} />
    </Suspense>
  )
}
