import './keep-range.css'
import { useEffect, useRef, useState, type ReactElement } from 'react'

import { formatInstant, parseInstant } from '../../../shared/domain/field.ts'
import { request } from '../../api/request.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { incidentText, type IncidentTextKey } from '../../i18n/incident-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { heldSchema, madeSchema } from './incident-api.ts'

const SHORTEST_REASON = 2
const LONGEST_REASON = 500
const LONGEST_FILE_MS = 2 * 86_400_000

interface KeepRangeProps {
  readonly range: { readonly fromMs: number; readonly toMs: number }
  /** The cameras of the chosen place. */
  readonly cameras: readonly { readonly id: string; readonly name: string }[]
  /** The chosen case; null when something else is chosen, or nothing. */
  readonly caseId: string | null
}

/** A button by a selected range: holds it, or makes an incident file of it, with a reason. */
export function KeepRange(props: KeepRangeProps): ReactElement {
  const { language } = useTexts()
  const [open, setOpen] = useState(false)
  return (
    <>
      <button type="button" onClick={() => setOpen(true)}>
        {incidentText(language, 'keep')}
      </button>
      {open ? <KeepDialog {...props} onClose={() => setOpen(false)} /> : null}
    </>
  )
}

type Done = { readonly kind: 'held'; readonly logFrom: string | null } | { readonly kind: 'filed'; readonly id: string }

function KeepDialog({ range, cameras, caseId, onClose }: KeepRangeProps & { readonly onClose: () => void }): ReactElement {
  const { language } = useTexts()
  const text = (key: IncidentTextKey): string => incidentText(language, key)
  const dialogRef = useRef<HTMLDialogElement | null>(null)
  useEffect(() => dialogRef.current?.showModal(), [])
  const [reason, setReason] = useState('')
  const [every, setEvery] = useState(cameras.length === 0)
  const [done, setDone] = useState<readonly Done[]>([])
  const [refused, setRefused] = useState(false)
  const isReady = reason.trim().length >= SHORTEST_REASON
  const asked = {
    from: formatInstant(Math.round(range.fromMs)),
    to: formatInstant(Math.round(range.toMs)),
    reason: reason.trim(),
  }
  const hold = async (): Promise<void> => {
    const body = { ...asked, cameras: every ? null : cameras.map(({ id }) => id) }
    const answer = await request('POST', '/api/holds', heldSchema, { body })
    setRefused(!answer.ok)
    if (answer.ok) setDone([...done, { kind: 'held', logFrom: answer.value.logFrom }])
  }
  const file = async (): Promise<void> => {
    const body = { ...asked, caseId, cameras: cameras.map(({ id }) => id) }
    const answer = await request('POST', '/api/incidents', madeSchema, { body })
    setRefused(!answer.ok)
    if (answer.ok) setDone([...done, { kind: 'filed', id: answer.value.id }])
  }
  const did = (kind: Done['kind']): boolean => done.some((one) => one.kind === kind)
  const isLong = range.toMs - range.fromMs > LONGEST_FILE_MS
  return (
    <dialog ref={dialogRef} className="keep-dialog" aria-label={text('keepTitle')} onClose={onClose}>
      <h2>{text('keepTitle')}</h2>
      <p className="digits">
        {dayAndTime(range.fromMs, language)} – {dayAndTime(range.toMs, language)}
      </p>
      <p className="keep-hint">{text('keepHint')}</p>
      <label>
        {text('keepReason')}
        <textarea
          name="reason"
          rows={3}
          maxLength={LONGEST_REASON}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
      <label className="keep-check">
        <input
          type="checkbox"
          checked={every}
          disabled={cameras.length === 0}
          onChange={({ target }) => setEvery(target.checked)}
        />
        {text('allCameras')}
      </label>
      {every ? null : (
        <p className="keep-hint">
          {text('theseCameras')}
          {cameras.map(({ name }) => name).join('、')}
        </p>
      )}
      {done.map((one) =>
        one.kind === 'held' ? (
          <p key="held" role="status" className="keep-done">
            {one.logFrom === null ? text('held') : `${text('heldLate')}${dayAndTime(parseInstant(one.logFrom) ?? 0, language)}`}
          </p>
        ) : (
          <p key="filed" role="status" className="keep-done">
            <a href={`/incidents/${one.id}`}>{text('openFile')}</a>
          </p>
        ),
      )}
      {refused ? (
        <p role="alert" className="keep-refused">
          {text('refused')}
        </p>
      ) : null}
      {isLong ? <p className="keep-hint">{text('tooLong')}</p> : null}
      <div className="keep-doors">
        <button type="button" onClick={() => dialogRef.current?.close()}>
          {text('close')}
        </button>
        <button type="button" disabled={!isReady || did('filed') || isLong} onClick={() => void file()}>
          {text('makeFile')}
        </button>
        <button type="button" className="keep-main" disabled={!isReady || did('held')} onClick={() => void hold()}>
          {text('makeHold')}
        </button>
      </div>
    </dialog>
  )
}
