import { useState, type FormEvent, type ReactElement } from 'react'

import { doneSchema, request } from '../../api/request.ts'
import { clockTime, minuteTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import { CameraTile } from '../../video/camera-tile.tsx'
import type { ClipClock } from '../../video/recorded-clip.ts'
import { RecordedTile } from '../../video/recorded-tile.tsx'
import type { NamedCamera } from '../desk/near-cameras.tsx'
import { gapAround, type RecordingGap } from './recording-gap.ts'
import type { RecordedSpans } from './use-timeline-data.ts'

export interface RecordedCamerasProps {
  /** Pictures of now need no reason and no recording. */
  readonly live: boolean
  readonly atMs: number
  readonly near: readonly NamedCamera[]
  readonly spans: ReadonlyMap<string, RecordedSpans>
  readonly isDemo: boolean
  /** Stable. */
  readonly clock: () => ClipClock
}

/** The cameras that saw the chosen place: one picture large, the others small, all on the one clock; recordings for a reason. */
export function RecordedCameras({ live, atMs, near, spans, isDemo, clock }: RecordedCamerasProps): ReactElement {
  const { language } = useTexts()
  const [mayWatch, setMayWatch] = useState(false)
  const [wantedId, setWantedId] = useState<string | null>(null)
  if (near.length === 0) return <p className="replay-empty">{replayText(language, 'chooseFirst')}</p>
  const mainId = near.find(({ id }) => id === wantedId)?.id ?? near[0]?.id
  return (
    <>
      {near.some(({ sees }) => sees) ? null : <p className="replay-empty">{replayText(language, 'noneSaw')}</p>}
      {mayWatch || live ? null : <ReasonForm onGiven={() => setMayWatch(true)} />}
      {mayWatch || live ? (
        <div className="replay-tiles" data-count={near.length}>
          {near.map(({ id, name, sees }, index) => (
            <div key={`${id} ${live}`} className="replay-tile" data-main={id === mainId}>
              {live ? (
                <CameraTile cameraId={id} name={name} language={language} isDemo={isDemo} figures="short" />
              ) : (
                <RecordedTile
                  cameraId={id}
                  name={name}
                  language={language}
                  clock={clock}
                  gap={gapText(gapAround(spans.get(id) ?? null, atMs))}
                />
              )}
              <button
                type="button"
                className="replay-tile-pick"
                aria-pressed={id === mainId}
                aria-label={replayText(language, 'enlarge', { name })}
                title={`${name} · ${replayText(language, sees ? 'sawPlace' : 'onlyNear')}`}
                onClick={() => setWantedId(id)}
              >
                <span className="replay-number digits" data-sees={sees}>
                  {index + 1}
                </span>
              </button>
            </div>
          ))}
        </div>
      ) : (
        <ol>
          {near.map(({ id, name, distanceMeters, sees }, index) => (
            <li key={id} data-camera={id}>
              <span className="replay-number digits" data-sees={sees}>
                {index + 1}
              </span>
              <span className="replay-camera-name">{name}</span>
              <span>
                {replayText(language, sees ? 'sawPlace' : 'onlyNear')}{' '}
                <span className="digits">{Math.round(distanceMeters)} m</span>
              </span>
              <Recorded spans={spans.get(id) ?? null} atMs={atMs} />
            </li>
          ))}
        </ol>
      )}
    </>
  )
}

/** Shorter than this, minutes alone would say nothing. */
const SHORT_GAP_MS = 120_000

function gapText(gap: RecordingGap | null): string | null {
  if (gap === null || (gap.fromMs === null && gap.toMs === null)) return null
  const short = gap.fromMs !== null && gap.toMs !== null && gap.toMs - gap.fromMs < SHORT_GAP_MS
  const text = (atMs: number | null): string => (atMs === null ? '' : short ? clockTime(atMs) : minuteTime(atMs))
  return `${text(gap.fromMs)} – ${text(gap.toMs)}`.trim()
}

/** Recordings are seen for a reason, said once a session and kept in the audit register. */
function ReasonForm({ onGiven }: { readonly onGiven: () => void }): ReactElement {
  const { language } = useTexts()
  const [reason, setReason] = useState('')
  const [refused, setRefused] = useState(false)
  const give = async (): Promise<void> => {
    const answer = await request('POST', '/api/recordings/reason', doneSchema, { body: { reason: reason.trim() } })
    setRefused(!answer.ok)
    if (answer.ok) onGiven()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    give().catch(() => setRefused(true))
  }
  return (
    <form className="replay-reason" onSubmit={submit}>
      <input
        name="watch-reason"
        value={reason}
        minLength={2}
        maxLength={200}
        required
        placeholder={replayText(language, 'watchReason')}
        aria-label={replayText(language, 'watchReason')}
        onChange={({ target }) => setReason(target.value)}
      />
      <button type="submit" className="replay-main" disabled={reason.trim().length < 2}>
        {replayText(language, 'watch')}
      </button>
      {refused ? (
        <p className="replay-refused" role="alert">
          {replayText(language, 'watchRefused')}
        </p>
      ) : null}
    </form>
  )
}

function Recorded({ spans, atMs }: { readonly spans: RecordedSpans; readonly atMs: number }): ReactElement {
  const { language } = useTexts()
  if (spans === null) return <span className="replay-recorded-now">{replayText(language, 'recordingsUnread')}</span>
  const recorded = spans.some(({ from, to }) => atMs >= from && atMs <= to)
  return (
    <span className="replay-recorded-now" data-recorded={recorded}>
      {replayText(language, recorded ? 'recordedNow' : 'noRecording')}
    </span>
  )
}
