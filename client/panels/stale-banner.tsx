import './stale-banner.css'
import { useEffect, useState, type ReactElement } from 'react'

import type { LiveLink } from '../connection/live-link.ts'
import { clockTime, duration } from '../i18n/format.ts'
import { useTexts } from '../i18n/language.ts'
import { useLinkState } from './use-link-state.ts'

/** The picture is older than this before the room is told: one missed beat is not an outage. */
const STALE_MS = 3_000
const LOOK_MS = 250

interface StaleBannerProps {
  readonly link: LiveLink
  readonly journal: 'recording' | 'full' | 'failing'
}

/** Across the whole screen when nothing has come for three seconds, or when news cannot be kept: never a frozen picture that looks live. */
export function StaleBanner({ link, journal }: StaleBannerProps): ReactElement | null {
  const { t, language } = useTexts()
  const { phase, lastMessageAtMs, clockOffsetMs } = useLinkState(link)
  const [openedAtMs] = useState(() => Date.now())
  const [nowMs, setNowMs] = useState(openedAtMs)
  useEffect(() => {
    const timer = setInterval(() => setNowMs(Date.now()), LOOK_MS)
    return () => clearInterval(timer)
  }, [])
  const ageMs = nowMs - (lastMessageAtMs ?? openedAtMs)
  const stale = ageMs > STALE_MS || phase === 'ended'
  if (!stale && journal === 'recording') return null
  return (
    <div className="stale-banner" role="alert" data-kind={stale ? 'stale' : 'journal'}>
      {!stale
        ? t('link.journal')
        : lastMessageAtMs === null
          ? t('link.never')
          : t('link.stale', { age: duration(ageMs, language), time: clockTime(lastMessageAtMs + clockOffsetMs) })}
    </div>
  )
}
