import type { ReactElement } from 'react'

import { useTexts } from '../../i18n/language.ts'
import { replayText, type ReplayTextKey } from '../../i18n/replay-texts.ts'
import { MarkShape } from './timeline-signs.tsx'

const SIGNS: readonly [ReplayTextKey, Parameters<typeof MarkShape>[0]][] = [
  ['legend.alarm', { step: 'raised', grade: 1 }],
  ['legend.warning', { step: 'raised', grade: 3 }],
  ['legend.reported', { step: 'reported', grade: null }],
  ['legend.closed', { step: 'closed', grade: null }],
]

/** What the signs of the timeline mean. */
export function ReplayLegend(): ReactElement {
  const { language } = useTexts()
  return (
    <ul className="replay-legend">
      {SIGNS.map(([key, sign]) => (
        <li key={key}>
          <svg width="20" height="20" viewBox="-12 -12 24 24" aria-hidden="true">
            <MarkShape {...sign} />
          </svg>
          {replayText(language, key)}
        </li>
      ))}
      <li>
        <i className="replay-swatch" data-kind="recorded" />
        {replayText(language, 'legend.recorded')}
      </li>
      <li>
        <i className="replay-swatch" data-kind="unknown" />
        {replayText(language, 'legend.unknown')}
      </li>
    </ul>
  )
}
