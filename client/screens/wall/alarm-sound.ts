/** Two falling tones for the most urgent, one for the next; the others are silent. Needs a first click where the browser asks for one. */
export interface AlarmSound {
  /** Whether the browser lets it sound. */
  readonly allowed: boolean
  /** Told when that changes. Returns the way to stop listening. */
  readonly subscribe: (listener: () => void) => () => void
  /** Called from a click or a key: browsers let a page sound only then. */
  allow(): Promise<void>
  play(priority: 1 | 2): void
}

const TONES_HZ = { 1: [880, 660, 880, 660], 2: [660] } as const
const TONE_S = 0.22
const GAP_S = 0.08
/** Heard across a room from a screen's own loudspeaker, short of startling. */
const LOUDNESS = 0.35

export function createAlarmSound(): AlarmSound {
  let context: AudioContext | null = null
  const open = (): AudioContext => (context ??= new AudioContext())
  return {
    subscribe(listener) {
      const audio = open()
      audio.addEventListener('statechange', listener)
      return () => audio.removeEventListener('statechange', listener)
    },
    get allowed() {
      return open().state === 'running'
    },
    async allow() {
      await open().resume()
    },
    play(priority) {
      const audio = open()
      if (audio.state !== 'running') return
      for (const [index, hz] of TONES_HZ[priority].entries()) {
        const startS = audio.currentTime + index * (TONE_S + GAP_S)
        const tone = audio.createOscillator()
        const gain = audio.createGain()
        tone.frequency.value = hz
        gain.gain.setValueAtTime(0, startS)
        gain.gain.linearRampToValueAtTime(LOUDNESS, startS + 0.02)
        gain.gain.setValueAtTime(LOUDNESS, startS + TONE_S - 0.04)
        gain.gain.linearRampToValueAtTime(0, startS + TONE_S)
        tone.connect(gain).connect(audio.destination)
        tone.start(startS)
        tone.stop(startS + TONE_S)
      }
    },
  }
}
