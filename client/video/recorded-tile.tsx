import './camera-tile.css'
import { useEffect, useRef, useState, type ReactElement } from 'react'

import { RecordedClip, type ClipClock, type ClipPhase, type ClipState } from './recorded-clip.ts'
import { Watermark } from './watermark.tsx'
import type { VideoLanguage } from './video-texts.ts'

interface RecordedTileProps {
  readonly cameraId: string
  readonly name: string
  readonly language: VideoLanguage
  /** Stable; read at each tick. */
  readonly clock: () => ClipClock
  /** From when to when nothing was recorded, in words, where that is known. */
  readonly gap?: string | null
}

const PHASES: Readonly<Record<Exclude<ClipPhase, 'shown'>, { readonly zh: string; readonly en: string }>> = {
  loading: { zh: '正在载入录像…', en: 'Loading the recording…' },
  gap: { zh: '无录像', en: 'No recording' },
  lost: { zh: '录像读不到，正在重试', en: 'The recording cannot be read; trying again' },
  unsupported: { zh: '此浏览器不能播放该编码', en: 'This browser cannot play the codec' },
}
const OFFSET = { zh: '偏差', en: 'off by' } as const

/** A camera's recording at the clock's instant, with how far it is off; in a gap it says 无录像 and shows no picture. */
export function RecordedTile({ cameraId, name, language, clock, gap = null }: RecordedTileProps): ReactElement {
  const hostRef = useRef<HTMLDivElement | null>(null)
  const [state, setState] = useState<ClipState>({ phase: 'loading', offsetMs: null })
  useEffect(() => {
    const host = hostRef.current
    if (host === null) return undefined
    const clip = new RecordedClip(cameraId, clock, setState)
    host.append(clip.element)
    return () => {
      clip.close()
      clip.element.remove()
    }
  }, [cameraId, clock])
  const { phase, offsetMs } = state
  return (
    <figure className="camera-tile recorded-tile" data-camera={cameraId} data-phase={phase}>
      <div ref={hostRef} className="camera-tile-picture" hidden={phase === 'gap' || phase === 'lost'} />
      {phase === 'shown' ? <Watermark of="recordings" /> : null}
      {phase === 'shown' ? null : (
        <div className="camera-tile-notice" role="status">
          {phase === 'gap' && gap !== null ? <span className="digits">{gap}</span> : null}
          <span>{PHASES[phase][language]}</span>
        </div>
      )}
      <figcaption className="camera-tile-bar">
        <span className="camera-tile-name">{name}</span>
      </figcaption>
      {offsetMs === null ? null : (
        <div className="camera-tile-figures">
          {OFFSET[language]} {(offsetMs / 1000).toFixed(2)} s
        </div>
      )}
    </figure>
  )
}
