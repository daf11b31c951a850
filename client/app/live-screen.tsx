import { lazy, Suspense, useEffect, useState, type ReactElement } from 'react'

import { createLiveLink } from '../connection/live-link.ts'
import { createLivePlayer } from '../players/live-player.ts'
import { createMirror } from '../store/mirror.ts'
import { pageVisibility } from '../store/visibility.ts'
import { keepFresh } from './keep-fresh.ts'
import type { LoadedSite, ScreenProps, Viewer } from './screen.ts'

const loadWall = () => import('../screens/wall/wall-screen.tsx')
const loadDesk = () => import('../screens/desk/desk-screen.tsx')
const Wall = lazy(async () => ({ default: (await loadWall()).WallScreen }))
const Desk = lazy(async () => ({ default: (await loadDesk()).DeskScreen }))

/** Fetches a screen's program while the page still asks who looks and at what. */
export function fetchLiveScreen(name: 'wall' | 'desk'): void {
  // Whoever shows the screen asks again, and is told what went wrong.
  ;(name === 'wall' ? loadWall() : loadDesk()).catch(() => undefined)
}

interface LiveScreenProps {
  readonly name: 'wall' | 'desk'
  readonly viewer: Viewer
  readonly site: LoadedSite
}

/** Makes the page's one mirror and the player of now that fills it, and gives them to the screen. */
export function LiveScreen({ name, viewer, site }: LiveScreenProps): ReactElement {
  const [{ mirror, player }] = useState(() => {
    const visibility = pageVisibility(document)
    const made = createMirror(site.manifest.origin, visibility)
    // A wall shows a wall's layers whoever opened it.
    const layers =
      name === 'wall'
        ? viewer.layers.filter((layer) => layer !== 'residents' && layer !== 'workers')
        : viewer.layers.filter((layer) => layer !== 'residents')
    return {
      mirror: made,
      player: createLivePlayer(
        createLiveLink({
          origin: location.origin,
          token: null,
          layers,
          encoding: 'columns',
          mirror: made,
          fetchBytes: (path, signal) => fetch(path, { credentials: 'same-origin', signal }),
          visibility,
          now: Date.now,
          random: Math.random,
        }),
      ),
    }
  })
  useEffect(loadFonts, [])
  useEffect(() => {
    player.start()
    const stopFresh = keepFresh(player.link, { nightly: name === 'wall' })
    return () => {
      stopFresh()
      player.stop()
    }
  }, [player, name])
  const props: ScreenProps = { viewer, site, mirror, link: player.link }
  return <Suspense fallback={null}>{name === 'wall' ? <Wall {...props} /> : <Desk {...props} />}</Suspense>
}

/** What is said when the cable is out has to be readable then: no letter of it may still have to be fetched. */
function loadFonts(): void {
  // A face that fails is asked for again when something is written in it.
  for (const face of document.fonts) face.load().catch(() => undefined)
}
