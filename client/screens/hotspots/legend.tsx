import type { ReactElement } from 'react'

import type { AnswerHead } from '../../../shared/hotspot/answer.ts'
import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { CLASS_COLOURS } from '../../map/hotspot-style.ts'
import { LEVELS } from './texts.ts'

/** The classes, and that below expected is never called safe. */
export function Legend({ head }: { readonly head: AnswerHead }): ReactElement {
  const { language } = useTexts()
  return (
    <section className="hs-legend">
      <h3>{hotspotText(language, 'legend.title')}</h3>
      <ul>
        {([3, 2, 1, 0, -1, -2, -3] as const).map((level) => (
          <li key={level}>
            <i style={{ background: CLASS_COLOURS[level] }} />
            {level === 0
              ? hotspotText(language, 'class.none')
              : hotspotText(language, level > 0 ? 'legend.hot' : 'legend.cold', { level: LEVELS[Math.abs(level)] ?? 90 })}
          </li>
        ))}
        <li>
          <i className="hs-hatch" />
          {hotspotText(language, 'few')}
        </li>
      </ul>
      <p>{hotspotText(language, 'legend.note', { cells: head.cells, cases: head.cases })}</p>
      <p>{hotspotText(language, 'legend.cold.note')}</p>
    </section>
  )
}
