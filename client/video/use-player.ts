import { useEffect, useRef, useState, type RefObject } from 'react'
import type { MediaProfile } from '../../shared/protocol/media.ts'
import type { PlayerKind, PlayerState } from './player.ts'
import { PlayerSlot, profileForWidth, type SlotTarget } from './player-slot.ts'

export interface PlayerWish {
  readonly cameraId: string
  /** Null: by the size of the host. */
  readonly profile: MediaProfile | null
  readonly kind: PlayerKind | null
  /** The camera whose turn comes next, begun out of sight; null for none. */
  readonly warmCameraId: string | null
}

/** Plays a camera inside the element that `hostRef` is given to. */
export function usePlayer(wish: PlayerWish): { hostRef: RefObject<HTMLDivElement | null>; state: PlayerState | null } {
  const { cameraId, profile: wanted, kind, warmCameraId } = wish
  const hostRef = useRef<HTMLDivElement | null>(null)
  const slotRef = useRef<PlayerSlot | null>(null)
  const [state, setState] = useState<PlayerState | null>(null)
  const [sized, setSized] = useState<MediaProfile>('sub')
  const profile = wanted ?? sized

  useEffect(() => {
    const host = hostRef.current
    if (host === null) return undefined
    const slot = new PlayerSlot(host, setState)
    slotRef.current = slot
    const observer = new ResizeObserver(([entry]) => {
      const widthPx = (entry?.contentRect.width ?? 0) * globalThis.devicePixelRatio
      if (widthPx > 0) setSized((present) => profileForWidth(widthPx, present))
    })
    observer.observe(host)
    return () => {
      observer.disconnect()
      slotRef.current = null
      slot.close()
    }
  }, [])

  useEffect(() => {
    const target: SlotTarget = { cameraId, profile, kind }
    slotRef.current?.show(target)
    if (warmCameraId !== null && warmCameraId !== cameraId) slotRef.current?.warm({ ...target, cameraId: warmCameraId })
  }, [cameraId, profile, kind, warmCameraId])

  return { hostRef, state }
}
