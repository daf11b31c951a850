import './app.css'
import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react'

import { LanguageContext, storedLanguage, storeLanguage, textOf, useTexts, type Language } from '../i18n/language.ts'
import { PairWall } from '../screens/wall/pair-wall.tsx'
import { SignIn } from '../screens/sign-in/sign-in.tsx'
import { loadSite, loadViewer } from './load.ts'
import { fetchLiveScreen, LiveScreen } from './live-screen.tsx'
import { AdminPage, HotspotsPage, IncidentsPage, ReplayPage, VerifyPage } from './pages.tsx'
import { isVerify, screenOf, screensOf, type ScreenName } from './router.ts'
import type { LoadedSite, Viewer } from './screen.ts'

/** How long a screen waits before it asks again for what it could not load. */
const RETRY_SECONDS = 5

type Stage =
  | { readonly at: 'loading' }
  | { readonly at: 'failed' }
  | { readonly at: 'signIn' }
  | { readonly at: 'here'; readonly viewer: Viewer; readonly site: LoadedSite | null }

/** The whole client: who looks, in which language, at which screen. */
export function App(): ReactElement {
  const [language, setLanguage] = useState<Language>(() => storedLanguage(location.search, localStorage))
  const choice = useMemo(
    () => ({
      language,
      choose(next: Language) {
        storeLanguage(next, localStorage)
        setLanguage(next)
      },
    }),
    [language],
  )
  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    document.title = textOf(language, 'app.title')
  }, [language])
  return (
    <LanguageContext.Provider value={choice}>
      {isVerify(location.pathname) ? <VerifyPage /> : <Entrance />}
    </LanguageContext.Provider>
  )
}

function Entrance(): ReactElement {
  const [stage, setStage] = useState<Stage>({ at: 'loading' })
  const asked = screenOf(location.pathname)

  const load = useCallback(async () => {
    const [viewer, site] = await Promise.all([loadViewer(), loadSite()])
    if (!viewer.ok) return setStage({ at: viewer.code === 'not_signed_in' ? 'signIn' : 'failed' })
    // No site yet is a state of its own: an administrator comes before there is one.
    if (!site.ok && site.code !== 'not_found') return setStage({ at: 'failed' })
    setStage({ at: 'here', viewer: viewer.value, site: site.ok ? site.value : null })
  }, [])
  useEffect(() => {
    if (asked === 'wall' || asked === 'desk') fetchLiveScreen(asked)
  }, [asked])
  useEffect(() => {
    // What comes back sets the stage, later; the effect itself sets nothing.
    const first = setTimeout(() => void load().catch(() => setStage({ at: 'failed' })), 0)
    return () => clearTimeout(first)
  }, [load])

  switch (stage.at) {
    case 'loading':
      return <Message textKey="app.loading" />
    case 'failed':
      return <Retry onRetry={() => void load()} />
    case 'signIn':
      return asked === 'wall' ? <PairWall onPaired={() => void load()} /> : <SignIn onSignedIn={() => void load()} />
    case 'here':
      return <Screen viewer={stage.viewer} site={stage.site} asked={asked} />
  }
}

function Screen({ viewer, site, asked }: { viewer: Viewer; site: LoadedSite | null; asked: ScreenName | null }): ReactElement {
  const allowed = screensOf(viewer.role)
  const name = asked ?? allowed[0]
  if (asked === null && name !== undefined) history.replaceState(null, '', `/${name}${location.search}`)
  if (name === undefined || !allowed.includes(name)) return <Message textKey="app.forbidden" canSignOut />
  switch (name) {
    case 'admin':
      return <AdminPage viewer={viewer} site={site} />
    case 'hotspots':
      return <HotspotsPage viewer={viewer} site={site} />
    case 'incidents':
      return <IncidentsPage viewer={viewer} site={site} />
    case 'replay':
      return site === null ? <Message textKey="app.noSite" canSignOut /> : <ReplayPage viewer={viewer} site={site} />
    case 'wall':
    case 'desk':
      return site === null ? <Message textKey="app.noSite" canSignOut /> : <LiveScreen name={name} viewer={viewer} site={site} />
  }
}

function Message({
  textKey,
  canSignOut = false,
}: {
  textKey: 'app.loading' | 'app.forbidden' | 'app.noSite'
  canSignOut?: boolean
}): ReactElement {
  const { t } = useTexts()
  const signOut = (): void => {
    fetch('/api/session', { method: 'DELETE', headers: { 'Content-Type': 'application/json' } })
      .catch(() => undefined)
      .finally(() => location.assign('/'))
  }
  return (
    <main className="app-message">
      <p>{t(textKey)}</p>
      {canSignOut ? <button onClick={signOut}>{t('app.signOut')}</button> : null}
    </main>
  )
}

/** Nobody stands at a wall to press a key: it tries again by itself. */
function Retry({ onRetry }: { onRetry: () => void }): ReactElement {
  const { t } = useTexts()
  const [left, setLeft] = useState(RETRY_SECONDS)
  useEffect(() => {
    const timer = setInterval(() => setLeft((seconds) => (seconds <= 1 ? RETRY_SECONDS : seconds - 1)), 1_000)
    return () => clearInterval(timer)
  }, [])
  useEffect(() => {
    const timer = setInterval(onRetry, RETRY_SECONDS * 1_000)
    return () => clearInterval(timer)
  }, [onRetry])
  return (
    <main className="app-message">
      <p>{t('app.failed', { seconds: left })}</p>
    </main>
  )
}
