import './incidents.css'
import type { ReactElement } from 'react'

import { parseInstant } from '../../../shared/domain/field.ts'
import type { LoadedSite } from '../../app/screen.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { incidentText, type IncidentTextKey } from '../../i18n/incident-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { BundlesPanel } from './bundles-panel.tsx'
import { HoldsPanel } from './holds-panel.tsx'
import { incidentFileSchema, incidentsSchema } from './incident-api.ts'
import { IncidentPage } from './incident-page.tsx'
import { useRead } from './use-read.ts'

/** `/incidents`: files and holds; `/incidents/:id`: one file, also on paper. */
export function IncidentsScreen({ site }: { readonly site: LoadedSite | null }): ReactElement {
  const { language, choose } = useTexts()
  const text = (key: IncidentTextKey): string => incidentText(language, key)
  const id = location.pathname.split('/')[2] ?? ''
  return (
    <main className="incidents">
      <header>
        <h1>{text('title')}</h1>
        <nav>
          {id === '' ? null : <a href="/incidents">{text('back')}</a>}
          <a href="/replay">{text('toReplay')}</a>
          <a href="/verify">{text('toVerify')}</a>
          <button type="button" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}>
            {language === 'zh' ? 'English' : '中文'}
          </button>
        </nav>
      </header>
      {id === '' ? <Overview /> : <File id={id} site={site} />}
    </main>
  )
}

function Overview(): ReactElement {
  const { language } = useTexts()
  const text = (key: IncidentTextKey): string => incidentText(language, key)
  const { value, failure } = useRead('/api/incidents', incidentsSchema)
  return (
    <div className="incidents-columns">
      <section className="incidents-card">
        <h2>{text('files')}</h2>
        {value === null ? <p className="incidents-empty">{text(failure ?? 'loading')}</p> : null}
        {value?.incidents.length === 0 ? <p className="incidents-empty">{text('noFiles')}</p> : null}
        <ul>
          {value?.incidents.map(({ id, from, to, reason, by, caseId }) => (
            <li key={id}>
              <a href={`/incidents/${id}`}>
                <b>{reason}</b>
                <span className="digits">
                  {dayAndTime(parseInstant(from) ?? 0, language)} – {dayAndTime(parseInstant(to) ?? 0, language)}
                </span>
                <small>
                  {text('by')} {by}
                  {caseId === null ? '' : ` · ${text('case')} ${caseId}`}
                </small>
              </a>
            </li>
          ))}
        </ul>
      </section>
      <div className="incident-aside">
        <HoldsPanel />
        <BundlesPanel />
      </div>
    </div>
  )
}

function File({ id, site }: { readonly id: string; readonly site: LoadedSite | null }): ReactElement {
  const { language } = useTexts()
  const { value, failure, again } = useRead(`/api/incidents/${encodeURIComponent(id)}`, incidentFileSchema)
  if (value === null) return <p className="incidents-empty">{incidentText(language, failure ?? 'loading')}</p>
  return <IncidentPage file={value} categories={site?.categories ?? []} onChanged={again} />
}
