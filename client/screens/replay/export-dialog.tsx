import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react'
import { z } from 'zod'

import { formatInstant } from '../../../shared/domain/field.ts'
import { PEOPLE_LAYERS, type LayerName } from '../../../shared/domain/layers.ts'
import { doneSchema, request } from '../../api/request.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import type { TimeWindow } from './timeline-scale.ts'

const startedSchema = z.looseObject({ ok: z.literal(true), id: z.string() })
const stateSchema = z.discriminatedUnion('state', [
  z.looseObject({ state: z.literal('working'), done: z.number() }),
  z.looseObject({ state: z.literal('ready'), bytes: z.number() }),
  z.looseObject({ state: z.enum(['failed', 'too_large', 'cancelled']) }),
])
type BundleState = z.output<typeof stateSchema>

const POLL_MS = 1_000
const SHORTEST_REASON = 2
const LONGEST_REASON = 500

interface ExportDialogProps {
  readonly range: TimeWindow
  /** What this reader may see. */
  readonly layers: readonly LayerName[]
  /** The cameras of the chosen place. */
  readonly cameras: readonly { readonly id: string; readonly name: string }[]
  /** The case whose record goes along; null for none. */
  readonly caseId: string | null
  readonly onClose: () => void
}

/** Asks for the evidence of a range with a reason, shows how far it is, and hands the finished bundle over. */
export function ExportDialog({ range, layers, cameras, caseId, onClose }: ExportDialogProps): ReactElement {
  const { language } = useTexts()
  const dialogRef = useRef<HTMLDialogElement | null>(null)
  useEffect(() => dialogRef.current?.showModal(), [])
  const [reason, setReason] = useState('')
  const [withPeople, setWithPeople] = useState(false)
  const [withCameras, setWithCameras] = useState(cameras.length > 0)
  const [bundleId, setBundleId] = useState<string | null>(null)
  const [refused, setRefused] = useState<string | null>(null)
  const state = useBundle(bundleId)

  const ask = async (): Promise<void> => {
    setRefused(null)
    const body = {
      from: formatInstant(Math.round(range.fromMs)),
      to: formatInstant(Math.round(range.toMs)),
      layers: layers.filter((layer) => withPeople || !PEOPLE_LAYERS.includes(layer)),
      cameras: withCameras ? cameras.map(({ id }) => id) : [],
      caseId,
      reason: reason.trim(),
    }
    const answer = await request('POST', '/api/evidence', startedSchema, { body })
    if (answer.ok) setBundleId(answer.value.id)
    else setRefused(replayText(language, answer.code === 'rate_limited' ? 'export.busy' : 'export.failed'))
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    ask().catch(() => setRefused(replayText(language, 'export.failed')))
  }
  const cancel = (): void => {
    if (bundleId !== null && state?.state === 'working') {
      request('DELETE', `/api/evidence/${bundleId}`, doneSchema).catch(() => undefined)
    }
    dialogRef.current?.close()
  }
  return (
    <dialog ref={dialogRef} className="replay-dialog" aria-label={replayText(language, 'export')} onClose={onClose}>
      <form onSubmit={submit}>
        <h2>{replayText(language, 'export')}</h2>
        <p className="digits">
          {dayAndTime(range.fromMs, language)} – {dayAndTime(range.toMs, language)}
        </p>
        <label>
          {replayText(language, 'export.reason')}
          <textarea
            name="reason"
            rows={3}
            required
            minLength={SHORTEST_REASON}
            maxLength={LONGEST_REASON}
            value={reason}
            disabled={bundleId !== null}
            onChange={({ target }) => setReason(target.value)}
          />
        </label>
        {layers.some((layer) => PEOPLE_LAYERS.includes(layer)) ? (
          <label className="replay-check">
            <input
              type="checkbox"
              checked={withPeople}
              disabled={bundleId !== null}
              onChange={({ target }) => setWithPeople(target.checked)}
            />
            {replayText(language, 'export.people')}
          </label>
        ) : null}
        {cameras.length === 0 ? null : (
          <label className="replay-check">
            <input
              type="checkbox"
              checked={withCameras}
              disabled={bundleId !== null}
              onChange={({ target }) => setWithCameras(target.checked)}
            />
            {replayText(language, 'export.cameras')} {cameras.map(({ name }) => name).join('、')}
          </label>
        )}
        {bundleId === null ? null : <Progress id={bundleId} state={state} />}
        {refused === null ? null : (
          <p className="replay-refused" role="alert">
            {refused}
          </p>
        )}
        <div className="replay-dialog-doors">
          <button type="button" onClick={cancel}>
            {replayText(language, bundleId === null || state?.state === 'working' ? 'export.cancel' : 'export.close')}
          </button>
          {bundleId === null ? (
            <button type="submit" className="replay-main" disabled={reason.trim().length < SHORTEST_REASON}>
              {replayText(language, 'export.start')}
            </button>
          ) : null}
        </div>
      </form>
    </dialog>
  )
}

function Progress({ id, state }: { readonly id: string; readonly state: BundleState | null }): ReactElement {
  const { language } = useTexts()
  switch (state?.state) {
    case undefined:
    case 'working':
      return (
        <label>
          {replayText(language, 'export.working')}
          <progress max={1} value={state?.done ?? 0} />
        </label>
      )
    case 'ready':
      return (
        <a className="replay-main replay-download" href={`/api/evidence/${id}/bundle.zip`} download>
          {replayText(language, 'export.download')} {(state.bytes / 1_000_000).toFixed(1)} MB
        </a>
      )
    case 'failed':
    case 'too_large':
    case 'cancelled':
      return (
        <p className="replay-refused" role="alert">
          {replayText(language, state.state === 'too_large' ? 'export.tooLarge' : 'export.failed')}
        </p>
      )
  }
}

/** How far a bundle is, asked once a second until it is made or is not. */
function useBundle(id: string | null): BundleState | null {
  const [state, setState] = useState<BundleState | null>(null)
  const over = state !== null && state.state !== 'working'
  useEffect(() => {
    if (id === null || over) return undefined
    const gone = new AbortController()
    const look = async (): Promise<void> => {
      const answer = await request('GET', `/api/evidence/${id}`, stateSchema, { signal: gone.signal })
      if (answer.ok) setState(answer.value)
    }
    const timer = setInterval(() => {
      look().catch(() => undefined)
    }, POLL_MS)
    return () => {
      clearInterval(timer)
      gone.abort()
    }
  }, [id, over])
  return state
}
