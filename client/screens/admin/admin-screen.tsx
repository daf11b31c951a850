import './admin.css'
import { type ReactElement } from 'react'

import type { LoadedSite, Viewer } from '../../app/screen.ts'
import { doneSchema, request } from '../../api/request.ts'
import { adminText } from '../../i18n/admin-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { WallsPane } from '../desk/walls-dialog.tsx'
import { CamerasSection } from './cameras-section.tsx'
import { AvailabilitySection } from './availability-section.tsx'
import { WatermarkSection } from './watermark-section.tsx'
import { SourcesSection } from './sources-section.tsx'
import { UsersSection } from './users-section.tsx'

interface AdminScreenProps {
  readonly viewer: Viewer
  /** Null until somebody imported one. */
  readonly site: LoadedSite | null
}

/** `/admin`: accounts, sources, cameras, walls. */
export function AdminScreen({ viewer, site }: AdminScreenProps): ReactElement {
  const { t, language, choose } = useTexts()
  const signOut = async (): Promise<void> => {
    await request('DELETE', '/api/session', doneSchema)
    location.assign('/')
  }
  const name = site?.manifest.name
  return (
    <main className="admin">
      <header>
        <h1>{adminText(language, 'title')}</h1>
        <span>{name === undefined ? t('app.noSite') : language === 'zh' ? name.zh : name.en}</span>
        {site?.manifest.demo === true ? <span className="admin-demo">{t('app.demo')}</span> : null}
        <span className="admin-gap">{viewer.username}</span>
        <button type="button" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}>
          {t('app.language')}
        </button>
        <button type="button" onClick={() => void signOut()}>
          {t('app.signOut')}
        </button>
      </header>
      <UsersSection />
      <SourcesSection />
      <CamerasSection />
      <AvailabilitySection />
      <WatermarkSection />
      <section className="admin-section admin-walls">
        <h2>{adminText(language, 'walls')}</h2>
        <WallsPane canPair />
      </section>
    </main>
  )
}
