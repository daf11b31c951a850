import type { ReactElement } from 'react'

import type { CellProperties } from '../../../shared/hotspot/answer.ts'
import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { CellAnswer } from './hotspot-api.ts'
import { classText, countText, perHundred, pText, typeText } from './texts.ts'

interface CellCardProps {
  readonly cell: CellProperties
  readonly name: string
  readonly detail: CellAnswer | null
  readonly timeZone: string
  readonly categoryText: (name: string) => string
  readonly onClose: () => void
}

/** What is known of one cell: count, expectation, test, busy hours, and for the office its latest cases. */
export function CellCard({ cell, name, detail, timeZone, categoryText, onClose }: CellCardProps): ReactElement {
  const { language } = useTexts()
  const busiest = busiestHours(detail?.hours ?? null)
  const time = new Intl.DateTimeFormat(language === 'zh' ? 'zh-CN' : 'en-GB', {
    timeZone,
    month: 'numeric',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  })
  return (
    <aside className="hs-cell" aria-label={name}>
      <header>
        <h3>{name}</h3>
        <button type="button" onClick={onClose} aria-label={hotspotText(language, 'close')}>
          ×
        </button>
      </header>
      <dl>
        <dt>{hotspotText(language, 'class')}</dt>
        <dd>{cell.tooLittleData ? hotspotText(language, 'few') : classText(language, cell.class)}</dd>
        <dt>{hotspotText(language, 'cell.count')}</dt>
        <dd>{countText(language, cell.count)}</dd>
        <dt>{hotspotText(language, 'cell.near')}</dt>
        <dd>{countText(language, cell.near)}</dd>
        <dt>{hotspotText(language, 'cell.expected')}</dt>
        <dd>{cell.nearExpected.toFixed(1)}</dd>
        <dt>{hotspotText(language, 'excess')}</dt>
        <dd>{cell.near === null ? '—' : (cell.near - cell.nearExpected).toFixed(1)}</dd>
        <dt>{hotspotText(language, 'cell.p')}</dt>
        <dd>
          {pText(cell.p)} / {pText(cell.q)}
        </dd>
        <dt>{hotspotText(language, 'cell.z')}</dt>
        <dd>{cell.z?.toFixed(2) ?? '—'}</dd>
        <dt>{hotspotText(language, 'trend')}</dt>
        <dd>{typeText(language, cell.category)}</dd>
        {detail?.patrols == null ? null : (
          <>
            <dt>{hotspotText(language, 'cell.patrols')}</dt>
            <dd>
              {hotspotText(language, 'cell.patrolsOf', { rate: perHundred(detail.patrols), visits: detail.patrols.visits })}
            </dd>
          </>
        )}
        <dt>{hotspotText(language, 'cell.hours')}</dt>
        <dd>{busiest === null ? '—' : hotspotText(language, 'cell.hoursOf', busiest)}</dd>
      </dl>
      {detail?.hours == null ? null : <HourBars hours={detail.hours} />}
      {detail?.suppressed === true ? <p>{hotspotText(language, 'cell.hidden')}</p> : null}
      {detail?.cases == null || detail.cases.length === 0 ? null : (
        <>
          <h4>{hotspotText(language, 'cell.cases')}</h4>
          <ol>
            {detail.cases.slice(0, 6).map(({ at, category }, i) => (
              // Two cases of one minute and category are two lines that look the same: only their place tells them apart.
              // oxlint-disable-next-line react/no-array-index-key
              <li key={`${at} ${i}`}>
                <time className="digits">{time.format(new Date(at))}</time> {categoryText(category)}
              </li>
            ))}
          </ol>
        </>
      )}
    </aside>
  )
}

function HourBars({ hours: given }: { readonly hours: readonly (number | null)[] }): ReactElement {
  // A hidden count is drawn as the least that it may be.
  const hours = given.map((count) => count ?? 1)
  const most = Math.max(1, ...hours)
  return (
    <svg viewBox="0 0 240 44" className="hs-hours" aria-hidden="true">
      {hours.map((count, hour) => (
        // Hours are their own names.
        // oxlint-disable-next-line react/no-array-index-key
        <rect
          key={hour}
          x={hour * 10 + 1}
          width="8"
          y={30 - (count / most) * 28}
          height={(count / most) * 28 + 1}
          fill="#c74a44"
        />
      ))}
      {[0, 6, 12, 18].map((hour) => (
        <text key={hour} x={hour * 10 + 1} y="42" className="digits">
          {hour}
        </text>
      ))}
    </svg>
  )
}

/** The three hours in a row with the most cases, over midnight too; null without cases. */
export function busiestHours(given: readonly (number | null)[] | null): { from: number; to: number } | null {
  const hours = given?.map((count) => count ?? 0) ?? null
  if (hours === null || hours.every((count) => count === 0)) return null
  const sum = (from: number): number => [0, 1, 2].reduce((total, by) => total + (hours[(from + by) % 24] ?? 0), 0)
  const from = hours.reduce((best, _, hour) => (sum(hour) > sum(best) ? hour : best), 0)
  return { from, to: (from + 3) % 24 }
}
