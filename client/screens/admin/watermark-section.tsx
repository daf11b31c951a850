import { useState, type ReactElement } from 'react'

import { watermarksAnswerSchema, type Watermark } from '../../../shared/protocol/watermarks.ts'
import { doneSchema, request } from '../../api/request.ts'
import { adminText } from '../../i18n/admin-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { outcomeText, useList } from './use-list.ts'

/** On which pictures each role sees its own name and the time. */
export function WatermarkSection(): ReactElement {
  const { language } = useTexts()
  const { value, failed, reload } = useList('/api/watermarks', watermarksAnswerSchema)
  const [said, setSaid] = useState('')
  const set = async (role: string, watermark: Watermark): Promise<void> => {
    setSaid(outcomeText(await request('PUT', `/api/watermarks/${role}`, doneSchema, { body: watermark }), language))
    reload()
  }
  return (
    <section className="admin-section" data-section="watermark">
      <h2>{adminText(language, 'watermark')}</h2>
      {failed ? <p className="admin-warning">{adminText(language, 'failed')}</p> : null}
      <table>
        <thead>
          <tr>
            <th>{adminText(language, 'role')}</th>
            <th>{adminText(language, 'watermarkLive')}</th>
            <th>{adminText(language, 'watermarkRecordings')}</th>
          </tr>
        </thead>
        <tbody>
          {(value?.watermarks ?? []).map(({ role, live, recordings }) => (
            <tr key={role}>
              <td>{adminText(language, `role.${role}`)}</td>
              <td>
                <input
                  type="checkbox"
                  aria-label={adminText(language, 'watermarkLive')}
                  checked={live}
                  onChange={() => void set(role, { live: !live, recordings })}
                />
              </td>
              <td>
                <input
                  type="checkbox"
                  aria-label={adminText(language, 'watermarkRecordings')}
                  checked={recordings}
                  onChange={() => void set(role, { live, recordings: !recordings })}
                />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p role="status">{said}</p>
    </section>
  )
}
