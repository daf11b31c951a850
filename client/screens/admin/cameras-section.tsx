import { Fragment, useState, type ReactElement } from 'react'
import { z } from 'zod'

import { CAMERA_OWNER_KINDS } from '../../../shared/domain/cameras.ts'
import { doneSchema, request } from '../../api/request.ts'
import { adminText } from '../../i18n/admin-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { CameraTerms, termsSchema } from './camera-terms.tsx'
import { AddForm, Field, numberIn, SureButton, textIn } from './parts.tsx'
import { outcomeText, useList } from './use-list.ts'

const schema = z.object({
  cameras: z.array(
    termsSchema.extend({
      id: z.string(),
      name: z.string(),
      bearingDeg: z.number(),
      fieldOfViewDeg: z.number(),
      rangeMeters: z.number().nullable(),
      ownerKind: z.enum(CAMERA_OWNER_KINDS),
      enabled: z.boolean(),
    }),
  ),
})

/** The camera registry; addresses go in and never come out. */
export function CamerasSection(): ReactElement {
  const { t, language } = useTexts()
  const { value, failed, reload } = useList('/api/cameras', schema)
  const [said, setSaid] = useState('')
  const [openId, setOpenId] = useState<string | null>(null)
  const pathOf = (id: string): string => `/api/cameras/${encodeURIComponent(id)}`
  const enable = async (id: string, enabled: boolean): Promise<void> => {
    setSaid(outcomeText(await request('PATCH', pathOf(id), doneSchema, { body: { enabled } }), language))
    reload()
  }
  const remove = async (id: string): Promise<void> => {
    setSaid(outcomeText(await request('DELETE', pathOf(id), doneSchema), language))
    reload()
  }
  const add = async (fields: FormData): Promise<boolean> => {
    const subUrl = textIn(fields, 'subUrl')
    const body = {
      id: textIn(fields, 'id'),
      name: textIn(fields, 'name'),
      url: textIn(fields, 'url'),
      subUrl: subUrl === '' ? null : subUrl,
      position: [numberIn(fields, 'lng'), numberIn(fields, 'lat')],
      bearingDeg: numberIn(fields, 'bearingDeg'),
      fieldOfViewDeg: numberIn(fields, 'fieldOfViewDeg'),
      rangeMeters: numberIn(fields, 'rangeMeters'),
      ownerKind: textIn(fields, 'ownerKind'),
    }
    const answer = await request('POST', '/api/cameras', doneSchema, { body })
    setSaid(outcomeText(answer, language))
    reload()
    return answer.ok
  }
  return (
    <section className="admin-section">
      <h2>{adminText(language, 'cameras')}</h2>
      {failed ? <p className="admin-warning">{adminText(language, 'failed')}</p> : null}
      <table>
        <thead>
          <tr>
            <th>{adminText(language, 'name')}</th>
            <th>{adminText(language, 'id')}</th>
            <th>{adminText(language, 'owner')}</th>
            <th>{adminText(language, 'view')}</th>
            <th>{adminText(language, 'state')}</th>
            <th />
          </tr>
        </thead>
        <tbody>
          {(value?.cameras ?? []).map(({ id, name, bearingDeg, fieldOfViewDeg, rangeMeters, ownerKind, enabled, ...terms }) => (
            <Fragment key={id}>
              <tr data-off={!enabled}>
                <td>{name}</td>
                <td className="digits">{id}</td>
                <td>{t(`value.${ownerKind}`)}</td>
                <td className="digits">
                  {bearingDeg}° / {fieldOfViewDeg}° / {rangeMeters === null ? '—' : `${rangeMeters} m`}
                </td>
                <td>{adminText(language, enabled ? 'enabled' : 'disabled')}</td>
                <td>
                  <button type="button" aria-expanded={openId === id} onClick={() => setOpenId(openId === id ? null : id)}>
                    {adminText(language, 'terms')}
                  </button>
                  <button type="button" onClick={() => void enable(id, !enabled)}>
                    {adminText(language, enabled ? 'disable' : 'enable')}
                  </button>
                  <SureButton label={adminText(language, 'remove')} onSure={() => void remove(id)} />
                </td>
              </tr>
              {openId === id ? (
                <tr>
                  <td colSpan={6}>
                    <CameraTerms cameraId={id} terms={terms} onChanged={reload} />
                  </td>
                </tr>
              ) : null}
            </Fragment>
          ))}
        </tbody>
      </table>
      <AddForm onAdd={add} said={said}>
        <Field label={adminText(language, 'name')} name="name" />
        <Field label={adminText(language, 'id')} name="id" />
        <Field label={adminText(language, 'url')} name="url" />
        <Field label={adminText(language, 'subUrl')} name="subUrl" required={false} />
        <Field label={adminText(language, 'lng')} name="lng" type="number" />
        <Field label={adminText(language, 'lat')} name="lat" type="number" />
        <Field label={adminText(language, 'bearing')} name="bearingDeg" type="number" />
        <Field label={adminText(language, 'fieldOfView')} name="fieldOfViewDeg" type="number" />
        <Field label={adminText(language, 'range')} name="rangeMeters" type="number" required={false} />
        <label>
          {adminText(language, 'owner')}
          <select name="ownerKind">
            {CAMERA_OWNER_KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {t(`value.${kind}`)}
              </option>
            ))}
          </select>
        </label>
      </AddForm>
    </section>
  )
}
