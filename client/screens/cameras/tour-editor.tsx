import { useState, type ReactElement } from 'react'

import { cameraTourBodySchema, type CameraTourBody } from '../../../shared/protocol/camera-tours.ts'
import { doneSchema, request } from '../../api/request.ts'
import { cameraText } from '../../i18n/camera-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { NamedCameras } from './use-tours.ts'

interface TourEditorProps {
  /** Null: what is shown is no stored tour yet. */
  readonly tourId: string | null
  readonly body: CameraTourBody
  readonly cameras: NamedCameras
  readonly onChange: (part: Partial<CameraTourBody>) => void
  /** Stored under this id, or deleted (null). */
  readonly onSaved: (tourId: string | null) => void
}

/** Name, pace and order of a tour; layout and pins are those on the screen. */
export function TourEditor({ tourId, body, cameras, onChange, onSaved }: TourEditorProps): ReactElement {
  const { language } = useTexts()
  const [said, setSaid] = useState('')
  const [isSure, setIsSure] = useState(false)
  const { cameraIds } = body
  const rest = cameras.ids.filter((id) => !cameraIds.includes(id))
  const valid = cameraTourBodySchema.safeParse(body).success
  const save = async (id: string): Promise<void> => {
    const answer = await request('PUT', `/api/camera-tours/${id}`, doneSchema, { body })
    setSaid(cameraText(language, answer.ok ? 'saved' : 'failed'))
    if (answer.ok) onSaved(id)
  }
  const remove = async (id: string): Promise<void> => {
    const answer = await request('DELETE', `/api/camera-tours/${id}`, doneSchema)
    setSaid(cameraText(language, answer.ok ? 'saved' : 'failed'))
    setIsSure(false)
    if (answer.ok) onSaved(null)
  }
  return (
    <aside className="tour-editor" aria-label={cameraText(language, 'edit')}>
      <label>
        {cameraText(language, 'name')}
        <input value={body.name} maxLength={40} onChange={(event) => onChange({ name: event.target.value })} />
      </label>
      <label>
        {cameraText(language, 'dwell')}
        <input
          className="digits"
          type="number"
          min={5}
          max={3600}
          value={body.dwellSeconds}
          onChange={(event) => onChange({ dwellSeconds: event.target.valueAsNumber || 0 })}
        />
      </label>
      <b>{cameraText(language, 'chosen')}</b>
      <ol>
        {cameraIds.length === 0 ? <p>{cameraText(language, 'all')}</p> : null}
        {cameraIds.map((id, index) => (
          <li key={id}>
            <div>
              <span>{cameras.nameOf(id)}</span>
              <button
                type="button"
                disabled={index === 0}
                onClick={() => onChange({ cameraIds: cameraIds.toSpliced(index, 1).toSpliced(index - 1, 0, id) })}
              >
                {cameraText(language, 'up')}
              </button>
              <button type="button" onClick={() => onChange({ cameraIds: cameraIds.toSpliced(index, 1) })}>
                {cameraText(language, 'remove')}
              </button>
            </div>
          </li>
        ))}
      </ol>
      <select
        value=""
        disabled={rest.length === 0}
        onChange={(event) => onChange({ cameraIds: [...cameraIds, event.target.value] })}
      >
        <option value="">{cameraText(language, 'choose')}</option>
        {rest.map((id) => (
          <option key={id} value={id}>
            {cameras.nameOf(id)}
          </option>
        ))}
      </select>
      {tourId === null ? null : (
        <button type="button" className="primary" disabled={!valid} onClick={() => void save(tourId)}>
          {cameraText(language, 'save')}
        </button>
      )}
      <button
        type="button"
        className={tourId === null ? 'primary' : ''}
        disabled={!valid}
        onClick={() => void save(`t-${crypto.getRandomValues(new Uint32Array(2)).join('-')}`)}
      >
        {cameraText(language, tourId === null ? 'save' : 'saveNew')}
      </button>
      {tourId === null ? null : (
        <button type="button" onBlur={() => setIsSure(false)} onClick={() => (isSure ? void remove(tourId) : setIsSure(true))}>
          {cameraText(language, isSure ? 'sure' : 'delete')}
        </button>
      )}
      <p role="status">{said}</p>
    </aside>
  )
}
