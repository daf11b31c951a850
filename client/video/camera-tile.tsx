import type { ReactElement } from 'react'
import type { MediaProfile } from '../../shared/protocol/media.ts'
import './camera-tile.css'
import type { PlayerKind, PlayerState } from './player.ts'
import { usePlayer } from './use-player.ts'
import { Watermark } from './watermark.tsx'
import {
  cameraStatusText,
  diagnosticsText,
  phaseText,
  shortDiagnosticsText,
  videoMark,
  type VideoLanguage,
} from './video-texts.ts'

export interface CameraTileProps {
  readonly cameraId: string
  readonly name: string
  readonly language: VideoLanguage
  /** Marks the picture as 演示数据. */
  readonly isDemo: boolean
  /** Left out: main or sub by the size of the tile. */
  readonly profile?: MediaProfile
  /** Forces one kind of player; null takes the best that works. */
  readonly kind?: PlayerKind | null
  /** How much of coding, rates and delay is told; left out: all of it. `short` is for tiles of a hand's width. */
  readonly figures?: 'full' | 'short' | 'none'
  /** The camera that follows in this place, begun before its turn. */
  readonly warmCameraId?: string | null
}

/** A camera's live picture with its name, and in words whatever keeps it from being live. */
export function CameraTile(props: CameraTileProps): ReactElement {
  const { cameraId, name, language, isDemo, profile = null, kind = null, figures = 'full', warmCameraId = null } = props
  const { hostRef, state } = usePlayer({ cameraId, profile, kind, warmCameraId })
  const phase = state?.phase ?? 'connecting'
  return (
    <figure className="camera-tile" data-camera={cameraId} data-phase={phase} data-player={state?.diagnostics.kind}>
      <div ref={hostRef} className="camera-tile-picture" />
      <Watermark of="live" />
      {phase === 'playing' ? null : <Notice language={language} state={state} />}
      <figcaption className="camera-tile-bar">
        <span className="camera-tile-name">{name}</span>
        {isDemo ? <span className="camera-tile-demo">{videoMark(language, 'demo')}</span> : null}
        {phase === 'playing' ? <span className="camera-tile-live">{phaseText(language, phase)}</span> : null}
      </figcaption>
      {figures !== 'none' && state !== null && phase === 'playing' ? (
        <div className="camera-tile-figures" data-figures={figures}>
          {figures === 'full' ? diagnosticsText(language, state.diagnostics) : shortDiagnosticsText(language, state.diagnostics)}
        </div>
      ) : null}
    </figure>
  )
}

function Notice({ language, state }: { language: VideoLanguage; state: PlayerState | null }): ReactElement {
  const camera = state?.camera ?? null
  const since = camera === null ? null : sinceText(camera.sinceMs)
  return (
    <div className="camera-tile-notice" role="status">
      <span>{phaseText(language, state?.phase ?? 'connecting')}</span>
      {camera === null || camera.state === 'online' ? null : (
        <>
          <small>{cameraStatusText(language, camera)}</small>
          <small className="camera-tile-since">
            {videoMark(language, 'since')} {since}
          </small>
        </>
      )}
    </div>
  )
}

/** The hour of a fault of today, in the community's own time; the day too when it is older. */
function sinceText(sinceMs: number): string {
  const beijing = (ms: number, options: Intl.DateTimeFormatOptions): string =>
    new Date(ms).toLocaleString('zh-CN', { timeZone: 'Asia/Shanghai', hour12: false, ...options })
  const day = (ms: number): string => beijing(ms, { month: '2-digit', day: '2-digit' })
  const time = beijing(sinceMs, { hour: '2-digit', minute: '2-digit' })
  return day(sinceMs) === day(Date.now()) ? time : `${day(sinceMs)} ${time}`
}
