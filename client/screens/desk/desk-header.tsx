import { useState, type ReactElement } from 'react'

import type { ScreenProps } from '../../app/screen.ts'
import { doneSchema, request } from '../../api/request.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime, longDate, weekday } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { useLayerValue } from '../../store/use-mirror.ts'
import type { LayerMirror } from '../../store/mirror.ts'
import { StatusMark } from '../../panels/status-mark.tsx'
import { useLinkState } from '../../panels/use-link-state.ts'
import { CamerasButton } from '../cameras/camera-view.tsx'
import { useServerNow } from './use-server-now.ts'
import { ScenesDialog } from './scenes-dialog.tsx'
import { WallsDialog } from './walls-dialog.tsx'

function countOnDuty(layer: LayerMirror): number {
  let count = 0
  for (const { fields } of layer.records.values()) if (fields['duty'] === 'onDuty' || fields['duty'] === 'onTask') count += 1
  return count
}

/** Who sits here, how old the picture is, the server's clock, walls, language, and the way out. */
export function DeskHeader({ viewer, site, mirror, link }: ScreenProps): ReactElement {
  const { t, language, choose } = useTexts()
  const nowMs = useServerNow(link, 500)
  const onDuty = useLayerValue(mirror, 'workers', countOnDuty)
  const [open, setOpen] = useState<'walls' | 'scenes' | null>(null)
  const { name, demo } = site.manifest
  const role = viewer.role === 'supervisor' ? deskText(language, 'role.supervisor') : deskText(language, 'role.duty')
  const signOut = async (): Promise<void> => {
    await request('DELETE', '/api/session', doneSchema)
    location.assign('/')
  }
  return (
    <header className="desk-header">
      <h1>{t('desk.title')}</h1>
      <span className="desk-who">{language === 'zh' ? name.zh : name.en}</span>
      {demo ? <span className="demo-chip">{t('app.demo')}</span> : null}
      <span className="desk-who">
        {deskText(language, 'mine.seat', { name: viewer.username })} · {role}
      </span>
      <span className="desk-who">
        {t('counts.workers')} <b className="digits">{onDuty}</b>
      </span>
      <span className="desk-gap" />
      <LinkChip link={link} />
      <span className="desk-who">
        {longDate(nowMs, language)} {weekday(nowMs, language)}
      </span>
      <time className="desk-clock digits">{clockTime(nowMs)}</time>
      <CamerasButton mirror={mirror} site={site} />
      <button type="button" onClick={() => setOpen('walls')}>
        {t('desk.walls')}
      </button>
      <button type="button" onClick={() => setOpen('scenes')}>
        {deskText(language, 'scenes.title')}
      </button>
      <button type="button" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}>
        {t('app.language')}
      </button>
      <button type="button" onClick={() => void signOut()}>
        {t('app.signOut')}
      </button>
      {open === 'walls' ? <WallsDialog canPair={viewer.role === 'duty'} onClose={() => setOpen(null)} /> : null}
      {open === 'scenes' ? <ScenesDialog site={site.layers} onClose={() => setOpen(null)} /> : null}
    </header>
  )
}

function LinkChip({ link }: Pick<ScreenProps, 'link'>): ReactElement {
  const { t } = useTexts()
  const { phase, delayMs } = useLinkState(link)
  return (
    <span className="link-chip" data-phase={phase} role="status">
      <StatusMark status={phase === 'live' ? 'done' : 'alarm'} />
      {t(`link.${phase}`)}
      {delayMs === null || phase !== 'live' ? null : (
        <>
          {' '}
          {t('link.delay')} <b className="digits">{(delayMs / 1000).toFixed(1)}</b> {t('link.seconds')}
        </>
      )}
    </span>
  )
}
