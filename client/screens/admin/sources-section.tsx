import { useState, type ReactElement } from 'react'
import { z } from 'zod'

import { LAYERS } from '../../../shared/domain/layers.ts'
import { doneSchema, request } from '../../api/request.ts'
import { adminText } from '../../i18n/admin-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { AddForm, Field, numberIn, SureButton, textIn } from './parts.tsx'
import { outcomeText, useList } from './use-list.ts'

const schema = z.object({
  sources: z.array(z.object({ id: z.string(), name: z.string(), layers: z.array(z.enum(LAYERS)), ratePerSecond: z.number() })),
})
const madeSchema = z.object({ id: z.string(), token: z.string() })

/** Machines that write; a token is shown once, here. */
export function SourcesSection(): ReactElement {
  const { t, language } = useTexts()
  const { value, failed, reload } = useList('/api/sources', schema)
  const [said, setSaid] = useState('')
  const [token, setToken] = useState<string | null>(null)
  const remove = async (id: string): Promise<void> => {
    setSaid(outcomeText(await request('DELETE', `/api/sources/${encodeURIComponent(id)}`, doneSchema), language))
    reload()
  }
  const add = async (fields: FormData): Promise<boolean> => {
    const rate = numberIn(fields, 'rate')
    const body = {
      name: textIn(fields, 'name'),
      layers: fields.getAll('layers'),
      ...(rate === null ? {} : { ratePerSecond: rate }),
    }
    const answer = await request('POST', '/api/sources', madeSchema, { body })
    setSaid(outcomeText(answer, language))
    setToken(answer.ok ? answer.value.token : null)
    reload()
    return answer.ok
  }
  return (
    <section className="admin-section">
      <h2>{adminText(language, 'sources')}</h2>
      {failed ? <p className="admin-warning">{adminText(language, 'failed')}</p> : null}
      <table>
        <thead>
          <tr>
            <th>{adminText(language, 'name')}</th>
            <th>{adminText(language, 'layers')}</th>
            <th>{adminText(language, 'rate')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {(value?.sources ?? []).map(({ id, name, layers, ratePerSecond }) => (
            <tr key={id}>
              <td>{name}</td>
              <td>{layers.map((layer) => t(`layer.${layer}`)).join(' · ')}</td>
              <td className="digits">{ratePerSecond}</td>
              <td>
                <SureButton label={adminText(language, 'remove')} onSure={() => void remove(id)} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {token === null ? null : (
        <p className="admin-token">
          {adminText(language, 'token')}
          <code>{token}</code>
        </p>
      )}
      <AddForm onAdd={add} said={said}>
        <Field label={adminText(language, 'name')} name="name" />
        <Field label={adminText(language, 'rate')} name="rate" type="number" required={false} />
        <fieldset>
          <legend>{adminText(language, 'layers')}</legend>
          {LAYERS.map((layer) => (
            <label key={layer}>
              <input type="checkbox" name="layers" value={layer} />
              {t(`layer.${layer}`)}
            </label>
          ))}
        </fieldset>
      </AddForm>
    </section>
  )
}
