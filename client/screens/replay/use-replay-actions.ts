import { useCallback, useEffect, useRef } from 'react'

import { formatInstant, type Position } from '../../../shared/domain/field.ts'
import { isLayerName } from '../../../shared/domain/layers.ts'
import type { Player } from '../../../shared/replay/player.ts'
import { shuttle } from '../../../shared/replay/replay-clock.ts'
import type { Chosen } from '../desk/record-names.ts'
import { actionOf, isTyping, type ReplayAction } from './replay-keys.ts'
import { neighbourMark } from './use-timeline-data.ts'
import { NOW_IN_ADDRESS } from './use-timeline-player.ts'

const MINUTE_MS = 60_000
/** How often the address follows the instant while it plays. */
const ADDRESS_EACH_MS = 1_000

/** What keys and buttons do to the player. @param onBookmark the one that is for the screen, not for the player */
export function useActions(player: Player, onBookmark: (atMs: number) => void): (action: ReplayAction) => void {
  return useCallback(
    (action) => {
      const { controls } = player
      const { playing, speed, atMs } = player.state
      switch (action.kind) {
        case 'shuttle': {
          const next = shuttle({ playing, speed }, action.key)
          if (next.playing) controls.play(next.speed)
          else controls.pause()
          return
        }
        case 'toggle':
          if (playing) controls.pause()
          else controls.play(Math.abs(speed))
          return
        case 'change':
          return controls.stepChange(action.direction)
        case 'minute':
          if (player.state.mode === 'live' && action.direction === 1) return
          controls.pause()
          return controls.seek(atMs + action.direction * MINUTE_MS)
        case 'mark':
          neighbourMark(Math.round(atMs), action.direction).then(
            (mark) => {
              if (mark === null) return
              controls.pause()
              controls.seek(mark.recordedAtMs)
            },
            () => undefined,
          )
          return
        case 'live':
          return controls.toLive()
        case 'bookmark':
          return onBookmark(Math.round(atMs))
      }
    },
    [player, onBookmark],
  )
}

/** Keys of the whole screen, but for those that the element in focus needs itself. */
export function useKeys(act: (action: ReplayAction) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      const onButton = event.key === ' ' && event.target instanceof HTMLButtonElement
      const action = isTyping(event.target) || onButton ? null : actionOf(event)
      if (action === null) return
      event.preventDefault()
      act(action)
    }
    window.addEventListener('keydown', press)
    return () => window.removeEventListener('keydown', press)
  }, [act])
}

/** What is chosen: a thing, or a place on the ground. */
export interface Choice {
  readonly chosen: Chosen | null
  readonly place: Position | null
}

const PLACE = /^(-?\d{1,3}\.\d{1,8}),(-?\d{1,2}\.\d{1,8})$/

/** The choice that `?view=` of the address names: `layer/id`, or `place/lng,lat`. */
export function choiceInAddress(): Choice {
  const [layer = '', id = ''] = (new URLSearchParams(location.search).get('view') ?? '').split('/')
  const place = layer === 'place' ? PLACE.exec(id) : null
  if (place !== null) return { chosen: null, place: [Number(place[1]), Number(place[2])] }
  return { chosen: isLayerName(layer) && id !== '' ? { layer, id } : null, place: null }
}

function viewOf({ chosen, place }: Choice): string | null {
  if (chosen !== null) return `${chosen.layer}/${chosen.id}`
  return place === null ? null : `place/${place[0].toFixed(6)},${place[1].toFixed(6)}`
}

/** The address is a link to what is seen: the instant, and what is chosen. */
export function useAddress(player: Player, choice: Choice): void {
  const latest = useRef(choice)
  useEffect(() => {
    latest.current = choice
  })
  useEffect(() => {
    const timer = setInterval(() => {
      const url = new URL(location.href)
      const { mode, atMs } = player.state
      url.searchParams.set('t', mode === 'live' ? NOW_IN_ADDRESS : formatInstant(Math.round(atMs)))
      const view = viewOf(latest.current)
      if (view === null) url.searchParams.delete('view')
      else url.searchParams.set('view', view)
      if (url.href !== location.href) history.replaceState(null, '', url)
    }, ADDRESS_EACH_MS)
    return () => clearInterval(timer)
  }, [player])
}
