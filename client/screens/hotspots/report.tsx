import type { ReactElement } from 'react'

import type { HotspotAnswer } from '../../../shared/hotspot/answer.ts'
import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { changeText, perHundred, sourceText } from './texts.ts'

interface SummaryProps {
  readonly answer: HotspotAnswer
  /** What a category is called in the reader's language. */
  readonly categoryText: (name: string) => string
}

/** The figures at a glance, the finding in one sentence, and what the data covers. */
export function Summary({ answer, categoryText }: SummaryProps): ReactElement {
  const { language } = useTexts()
  const { head } = answer
  const clear = head.places.filter((place) => place.class >= 2)
  const share = head.hotShare === null ? '—' : String(Math.round(head.hotShare * 100))
  const facts = {
    from: head.countedFrom > head.parameters.from ? head.countedFrom : head.parameters.from,
    to: head.parameters.to,
    category: head.parameters.category === null ? hotspotText(language, 'all') : categoryText(head.parameters.category),
    cases: head.cases,
    places: clear.length,
    share,
  }
  const change = changeText(head.cases, head.previous)
  const most = Math.max(
    1,
    head.sources.reduce((sum, { count }) => sum + count, 0),
  )
  return (
    <>
      <section className="hs-card hs-kpis">
        <Kpi name={hotspotText(language, 'kpi.cases')} value={String(head.cases)} unit={hotspotText(language, 'unit.cases')} />
        <Kpi name={hotspotText(language, 'kpi.hot')} value={String(head.hotCells)} unit={hotspotText(language, 'unit.cells')} />
        <Kpi name={hotspotText(language, 'kpi.share')} value={share} unit="%" />
        <Kpi
          name={hotspotText(language, 'kpi.previous')}
          value={change === '—' ? '—' : change.replace('%', '')}
          unit={change === '—' ? hotspotText(language, 'noPrevious') : '%'}
          tone={change.startsWith('+') ? 'up' : null}
        />
      </section>
      <section className="hs-card hs-finding">
        <p>
          <b>{hotspotText(language, clear.length === 0 ? 'finding.none' : 'finding', facts)}</b>
        </p>
        <p>
          {head.coverage === null ? hotspotText(language, 'coverage.none') : hotspotText(language, 'coverage', head.coverage)}
          {head.casesOutside === 0 ? '' : ` · ${hotspotText(language, 'outside', { count: head.casesOutside })}`}
        </p>
        {head.patrols === null ? null : (
          <p>
            {hotspotText(language, 'patrols', { ...head.patrols, rate: perHundred(head.patrols) })}
            {head.parameters.rate === 'patrols'
              ? ` · ${hotspotText(language, 'patrols.counted', { from: head.countedFrom })}`
              : ''}
          </p>
        )}
        {head.sources.length === 0 ? null : (
          <p>
            {hotspotText(language, 'sources', {
              sources: head.sources
                .slice(0, 5)
                .map(({ name, count }) => `${sourceText(language, name)} ${Math.round((100 * count) / most)}%`)
                .join(' · '),
            })}
            {hotspotText(language, 'reporting')}
          </p>
        )}
      </section>
    </>
  )
}

interface KpiProps {
  readonly name: string
  readonly value: string
  readonly unit: string
  readonly tone?: 'up' | null
}

function Kpi({ name, value, unit, tone = null }: KpiProps): ReactElement {
  return (
    <div data-tone={tone}>
      <span>{name}</span>
      <b className="digits">{value}</b> <small>{unit}</small>
    </div>
  )
}

/** Method, limits and parameters: what a reader needs to ask for the same numbers again. */
export function ReportFoot({ answer, changes }: { readonly answer: HotspotAnswer; readonly changes: number }): ReactElement {
  const { language } = useTexts()
  const { parameters, seq, suppressed } = answer.head
  return (
    <section className="hs-card hs-method-text">
      <h2>{hotspotText(language, 'report.method')}</h2>
      <p>{hotspotText(language, 'report.method.text', { cell: parameters.cellMeters, ring: parameters.ring })}</p>
      <p>
        <b>{hotspotText(language, 'report.parameters')}</b>：
        {Object.entries(parameters)
          .map(([key, value]) => `${key}=${value ?? '-'}`)
          .join(' · ')}
        {seq === null ? '' : ` · ${hotspotText(language, 'report.seq', { seq })}`} ·{' '}
        {hotspotText(language, 'changed', { times: changes })}
        {suppressed ? ` · ${hotspotText(language, 'report.small')}` : ''}
      </p>
    </section>
  )
}
