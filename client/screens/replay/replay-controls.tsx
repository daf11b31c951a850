import type { ReactElement } from 'react'

import { PLAYBACK_SPEEDS, type Player, type PlayerState } from '../../../shared/replay/player.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText, type ReplayTextKey } from '../../i18n/replay-texts.ts'
import type { ReplayAction } from './replay-keys.ts'

const ICONS = {
  previousMark: 'M5 4v16M20 4 9 12l11 8Z',
  nextMark: 'M19 4v16M4 4l11 8L4 20Z',
  previousMinute: 'm18 5-7 7 7 7M11 5l-7 7 7 7',
  nextMinute: 'm6 5 7 7-7 7M13 5l7 7-7 7',
  previousChange: 'M15 5 8 12l7 7',
  nextChange: 'm9 5 7 7-7 7',
  play: 'M6 4 20 12 6 20Z',
  playBack: 'M18 4 4 12l14 8Z',
  pause: 'M7 4v16M17 4v16',
} as const

interface ControlsProps {
  readonly player: Player
  readonly state: PlayerState
  readonly spanMinutes: number
  readonly onSpan: (minutes: number) => void
  readonly onAction: (action: ReplayAction) => void
}

export const SPANS_MINUTES = [15, 60, 360, 1440] as const

/** Play, step, speed and span. */
export function ReplayControls({ player, state, spanMinutes, onSpan, onAction }: ControlsProps): ReactElement {
  const { language } = useTexts()
  const { playing, speed } = state
  const live = state.mode === 'live'
  const text = (key: ReplayTextKey): string => replayText(language, key)
  const pace = Math.abs(speed)
  const play = (direction: 1 | -1): void => {
    if (playing && Math.sign(speed) === direction) player.controls.pause()
    else player.controls.play(direction * pace)
  }
  return (
    <div className="replay-controls">
      <Key icon="previousMark" label={text('previousMark')} onPress={() => onAction({ kind: 'mark', direction: -1 })} />
      <Key icon="previousMinute" label={text('previousMinute')} onPress={() => onAction({ kind: 'minute', direction: -1 })} />
      <Key icon="previousChange" label={text('previousChange')} onPress={() => onAction({ kind: 'change', direction: -1 })} />
      <Key
        icon={playing && speed < 0 ? 'pause' : 'playBack'}
        label={playing && speed < 0 ? text('pause') : text('playBack')}
        onPress={() => play(-1)}
      />
      <Key
        icon={playing && speed > 0 ? 'pause' : 'play'}
        label={playing && speed > 0 ? text('pause') : text('play')}
        isMain
        onPress={() => play(1)}
      />
      <Key icon="nextChange" label={text('nextChange')} onPress={() => onAction({ kind: 'change', direction: 1 })} />
      <Key icon="nextMinute" label={text('nextMinute')} onPress={() => onAction({ kind: 'minute', direction: 1 })} />
      <Key icon="nextMark" label={text('nextMark')} onPress={() => onAction({ kind: 'mark', direction: 1 })} />
      <div className="replay-choices" role="group" aria-label={text('speed')}>
        {PLAYBACK_SPEEDS.map((each) => (
          <button
            key={each}
            type="button"
            className="digits"
            aria-pressed={each === pace}
            disabled={live && each !== 1}
            onClick={() => (playing ? player.controls.play(Math.sign(speed) * each) : player.controls.setSpeed(each))}
          >
            {each}×
          </button>
        ))}
      </div>
      {playing && speed < 0 ? <span className="replay-backwards">{text('backwards')}</span> : null}
      <button
        type="button"
        className="replay-live"
        aria-pressed={live}
        title={text(live ? 'liveHint' : 'backToLiveHint')}
        onClick={() => (live ? player.controls.pause() : player.controls.toLive())}
      >
        <i />
        {text(live ? 'liveNow' : 'backToLive')}
      </button>
      <span className="replay-gap" />
      <div className="replay-choices" role="group" aria-label={text('span')}>
        {SPANS_MINUTES.map((minutes) => (
          <button key={minutes} type="button" aria-pressed={minutes === spanMinutes} onClick={() => onSpan(minutes)}>
            {text(`span.${minutes}`)}
          </button>
        ))}
      </div>
    </div>
  )
}

interface KeyProps {
  readonly icon: keyof typeof ICONS
  readonly label: string
  readonly isMain?: boolean
  readonly onPress: () => void
}

function Key({ icon, label, isMain = false, onPress }: KeyProps): ReactElement {
  return (
    <button type="button" className="replay-key" data-main={isMain} aria-label={label} title={label} onClick={onPress}>
      <svg width="20" height="20" viewBox="0 0 24 24" aria-hidden="true">
        <path
          d={ICONS[icon]}
          fill={icon.startsWith('play') ? 'currentColor' : 'none'}
          stroke="currentColor"
          strokeWidth="2.4"
          strokeLinejoin="round"
          strokeLinecap="round"
        />
      </svg>
    </button>
  )
}
