import { useEffect, useState, type ReactElement } from 'react'

import type { AnswerHead } from '../../../shared/hotspot/answer.ts'
import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'

const STEP_MS = 700
const WEEK_MS = 7 * 24 * 3600 * 1000

interface WeekStepperProps {
  readonly head: AnswerHead
  /** Null: the whole period. */
  readonly week: number | null
  readonly onWeek: (week: number | null) => void
}

/** Steps through the weeks on the map, by hand or by itself. */
export function WeekStepper({ head, week, onWeek }: WeekStepperProps): ReactElement | null {
  const { language } = useTexts()
  const [playing, setPlaying] = useState(false)
  const { weeks, firstWeek } = head
  useEffect(() => {
    if (!playing) return undefined
    const timer = setTimeout(() => {
      const next = week === null ? 0 : week + 1
      if (next < weeks) onWeek(next)
      else setPlaying(false)
    }, STEP_MS)
    return () => clearTimeout(timer)
  }, [playing, week, weeks, onWeek])
  if (firstWeek === null) return <p className="hs-weeks">{hotspotText(language, 'weekStep.few')}</p>
  const from = new Date(Date.parse(firstWeek) + (week ?? 0) * WEEK_MS).toLocaleDateString('sv-SE', {
    timeZone: head.parameters.timeZone,
  })
  return (
    <div className="hs-weeks">
      <b>{hotspotText(language, 'weekStep.title')}</b>
      <button type="button" onClick={() => setPlaying(!playing)}>
        {hotspotText(language, playing ? 'weekStep.stop' : 'weekStep.play')}
      </button>
      <input
        type="range"
        min={0}
        max={weeks - 1}
        value={week ?? weeks - 1}
        aria-label={hotspotText(language, 'weekStep.title')}
        onChange={(event) => onWeek(Number(event.target.value))}
      />
      <span>
        {week === null
          ? hotspotText(language, 'weekStep.all')
          : hotspotText(language, 'weekStep.week', { week: week + 1, weeks, from })}
      </span>
      {week === null ? null : (
        <button type="button" onClick={() => onWeek(null)}>
          {hotspotText(language, 'weekStep.all')}
        </button>
      )}
    </div>
  )
}
