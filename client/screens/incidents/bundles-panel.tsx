import type { ReactElement } from 'react'

import { parseInstant } from '../../../shared/domain/field.ts'
import { doneSchema, request } from '../../api/request.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { incidentText } from '../../i18n/incident-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { bundlesSchema } from './incident-api.ts'
import { useRead } from './use-read.ts'

/** The evidence bundles that lie on the server: each download and deletion is audited. */
export function BundlesPanel(): ReactElement {
  const { language } = useTexts()
  const { value, failure, again } = useRead('/api/evidence', bundlesSchema)
  const remove = async (id: string): Promise<void> => {
    const answer = await request('DELETE', `/api/evidence/${id}`, doneSchema)
    if (answer.ok) again()
  }
  return (
    <section className="incidents-card">
      <h2>{incidentText(language, 'bundles')}</h2>
      {value === null ? <p className="incidents-empty">{incidentText(language, failure ?? 'loading')}</p> : null}
      {value?.bundles.length === 0 ? <p className="incidents-empty">{incidentText(language, 'noBundles')}</p> : null}
      <ul>
        {value?.bundles.map(({ id, from, to, madeAt, reason, bytes }) => (
          <li key={id}>
            <div>
              <b>{reason}</b>
              <span className="digits">
                {dayAndTime(parseInstant(from) ?? 0, language)} – {dayAndTime(parseInstant(to) ?? 0, language)}
              </span>
              <small>
                {incidentText(language, 'made')} {dayAndTime(parseInstant(madeAt) ?? 0, language)} · {(bytes / 1e6).toFixed(1)} MB
              </small>
            </div>
            <span className="incidents-state">
              <a href={`/api/evidence/${id}/bundle.zip`} download>
                {incidentText(language, 'download')}
              </a>
              <button type="button" onClick={() => void remove(id)}>
                {incidentText(language, 'delete')}
              </button>
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}
