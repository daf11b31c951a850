import { useState, type ReactElement } from 'react'

import { beijingDayStart } from '../../../shared/alarms/opening-hours.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import { monthOf, nextMonth, type Month } from './month.ts'

interface DayPickerProps {
  readonly atMs: number
  /** Days with data, `YYYY-MM-DD`. */
  readonly days: readonly string[]
  readonly onSeek: (atMs: number) => void
}

const WEEKDAYS = { zh: ['一', '二', '三', '四', '五', '六', '日'], en: ['Mo', 'Tu', 'We', 'Th', 'Fr', 'Sa', 'Su'] } as const

/** A month in which the days with data can be chosen; the hour of the instant stays. */
export function DayPicker({ atMs, days, onSeek }: DayPickerProps): ReactElement {
  const { language } = useTexts()
  const [open, setOpen] = useState(false)
  const [month, setMonth] = useState<Month | null>(null)
  const shown = month ?? monthOf(atMs)
  const here = monthOf(atMs).days.find(({ startMs }) => startMs === beijingDayStart(atMs))?.name ?? ''
  const there = new Set(days)
  const choose = (startMs: number): void => {
    onSeek(startMs + (atMs - beijingDayStart(atMs)))
    setOpen(false)
    setMonth(null)
  }
  return (
    <div className="replay-days">
      <button
        type="button"
        className="digits"
        aria-expanded={open}
        aria-label={replayText(language, 'calendar')}
        onClick={() => setOpen(!open)}
      >
        {here}
        <svg width="12" height="12" viewBox="0 0 12 12" aria-hidden="true">
          <path d="m2 4 4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.8" />
        </svg>
      </button>
      {open ? (
        <div className="replay-calendar" role="dialog" aria-label={replayText(language, 'calendar')}>
          <header>
            <button
              type="button"
              aria-label={replayText(language, 'previousMonth')}
              onClick={() => setMonth(nextMonth(shown, -1))}
            >
              ‹
            </button>
            <b className="digits">{shown.name}</b>
            <button type="button" aria-label={replayText(language, 'nextMonth')} onClick={() => setMonth(nextMonth(shown, 1))}>
              ›
            </button>
          </header>
          <div className="replay-month">
            {WEEKDAYS[language].map((name) => (
              <span key={name}>{name}</span>
            ))}
            {shown.days.map(({ name, startMs, weekday }) => (
              <button
                key={name}
                type="button"
                className="digits"
                style={{ gridColumnStart: weekday }}
                disabled={!there.has(name)}
                aria-pressed={name === here}
                onClick={() => choose(startMs)}
              >
                {Number(name.slice(8))}
              </button>
            ))}
          </div>
        </div>
      ) : null}
    </div>
  )
}
