import { useState, type ReactElement } from 'react'

import { formatInstant } from '../../../shared/domain/field.ts'
import type { PlayerState } from '../../../shared/replay/player.ts'
import type { LoadedSite } from '../../app/screen.ts'
import { clockTime, weekday } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import { DayPicker } from './day-picker.tsx'

interface HeaderProps {
  readonly site: LoadedSite
  readonly state: PlayerState
  readonly days: readonly string[]
  readonly onSeek: (atMs: number) => void
}

const COPIED_MS = 2_000

/** Whether this is live, of when it is, and the way to the desk. */
export function ReplayHeader({ site, state, days, onSeek }: HeaderProps): ReactElement {
  const { t, language, choose } = useTexts()
  const [copied, setCopied] = useState(false)
  const { name, demo } = site.manifest
  const copy = async (): Promise<void> => {
    const link = new URL(location.href)
    link.searchParams.set('t', formatInstant(Math.round(state.atMs)))
    await navigator.clipboard.writeText(link.href)
    setCopied(true)
    setTimeout(() => setCopied(false), COPIED_MS)
  }
  return (
    <header className="replay-header">
      <span className="replay-badge">{replayText(language, state.mode === 'live' ? 'liveBadge' : 'badge')}</span>
      <h1>{replayText(language, 'title')}</h1>
      <span className="replay-where">{language === 'zh' ? name.zh : name.en}</span>
      {demo ? <span className="demo-chip">{t('app.demo')}</span> : null}
      <div className="replay-when">
        <DayPicker atMs={state.atMs} days={days} onSeek={onSeek} />
        <span>{weekday(state.atMs, language)}</span>
        <time className="digits" dateTime={formatInstant(Math.round(state.atMs))}>
          {clockTime(state.atMs)}
        </time>
      </div>
      <div className="replay-doors">
        {navigator.clipboard === undefined ? null : (
          <button type="button" onClick={() => void copy()}>
            {replayText(language, copied ? 'copied' : 'copyLink')}
          </button>
        )}
        <button type="button" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}>
          {t('app.language')}
        </button>
        <a className="replay-door" href="/desk">
          {replayText(language, 'desk')}
        </a>
      </div>
    </header>
  )
}
