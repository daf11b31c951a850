import type { MediaProfile } from '../../shared/protocol/media.ts'
import { CameraChannel } from './camera-channel.ts'
import type { PullContext } from './camera-pull.ts'
import type { CameraReason, CameraReport, CameraSource, CameraState } from './camera-report.ts'
import { Mpeg1Channel } from './mpeg1-channel.ts'
import { HealthWatch, type PictureFault } from './health-watch.ts'
import { Recorder } from './recorder.ts'
import type { RecordingEvent } from './recording-events.ts'
import { Transcoder } from './transcoder.ts'
import { Snapshotter } from './snapshot.ts'
import type { StartGate } from './start-gate.ts'

/** A sub-stream and an encoder are kept this long after their last viewer, so that a tour or a reload does not start them anew. */
const LINGER_MS = 30_000
/** GB/T 28181: a device is offline after three missed 60 s beats. A refusal needs no waiting: it is an answer. */
const OFFLINE_AFTER_MS = 180_000
const SAMPLE_MS = 60_000
/** Encoders at once: one of 720p takes a third of a core and more, and the pictures of all others must not suffer. */
const MAX_TRANSCODES = 8
/** Reasons that say only that the picture stopped; any other is the camera's or the network's clear no. */
const SILENCES: readonly CameraReason[] = ['lost', 'stalled', 'timed_out']
/** Reasons of a camera whose picture flows, though something is wrong with it. */
const FLOWING_REASONS: readonly (CameraReason | null)[] = ['slow', 'frozen', 'disk_full']

/** Where recordings go, and who is told; a null folder records nothing. */
export interface RecordingPlace {
  readonly folder: string | null
  readonly tell: (event: RecordingEvent) => void
}

interface Health {
  readonly state: CameraState
  readonly reason: CameraReason | null
  readonly sinceMs: number
}

/** One defined camera: its channels, its health and its still picture. */
export class CameraEntry {
  readonly #source: CameraSource
  readonly #context: PullContext
  readonly #onReport: (report: CameraReport) => void
  readonly #snapshotter: Snapshotter
  readonly #channels = new Map<MediaProfile, CameraChannel>()
  readonly #encoders = new Map<MediaProfile, Mpeg1Channel>()
  readonly #transcoders = new Map<MediaProfile, Transcoder>()
  readonly #lingering = new Map<string, NodeJS.Timeout>()
  readonly #sampler: NodeJS.Timeout
  readonly #recorder: Recorder | null
  #health: Health
  #lastFlowMs: number | null = null
  #pictureFault: PictureFault | null = null
  #isUnrecorded = false

  /** Pulls the main profile at once and always, because only fragments prove that a camera is there. */
  constructor(
    source: CameraSource,
    context: PullContext,
    decoders: StartGate,
    onReport: (report: CameraReport) => void,
    recordings: RecordingPlace,
  ) {
    this.#source = source
    this.#context = context
    this.#onReport = onReport
    this.#snapshotter = new Snapshotter(context.ffmpegPath, decoders)
    const { recording = 'never' } = source
    const { folder, tell } = recordings
    const heard = (event: RecordingEvent): void => {
      tell(event)
      if (event.kind === 'fault' || event.kind === 'opened') this.#recorded(event.kind === 'opened')
    }
    this.#recorder = recording === 'never' || folder === null ? null : new Recorder(source.id, recording, folder, heard)
    this.#health = { state: 'disabled', reason: 'switched_off', sinceMs: context.now() }
    this.#sampler = setInterval(() => this.#sample(), SAMPLE_MS)
    if (source.enabled) {
      this.#set('offline', 'starting')
      const main = this.#open('main')
      main.bus.subscribe(new HealthWatch((fault) => this.#faulty(fault)))
      if (this.#recorder !== null) main.bus.subscribe(this.#recorder)
    } else this.#report()
  }

  get health(): Health {
    return this.#health
  }

  /** The profile that is served when `wanted` is asked for. */
  served(wanted: MediaProfile): MediaProfile {
    return this.#source.subUrl === null ? 'main' : wanted
  }

  /** The channel of a profile, begun if need be and kept while `release` was not called; null while the camera is switched off. */
  take(wanted: MediaProfile): { channel: CameraChannel; release: () => void } | null {
    if (!this.#source.enabled) return null
    const profile = this.served(wanted)
    const channel = this.#channels.get(profile) ?? this.#open(profile)
    this.#keep(`channel ${profile}`)
    return { channel, release: () => this.#letGo(profile) }
  }

  /** The shared MPEG-1 encoder of a profile; null while the camera is switched off or ffmpeg is missing. */
  takeMpeg1(wanted: MediaProfile): { encoder: Mpeg1Channel; release: () => void } | null {
    const { ffmpegPath } = this.#context
    const taken = ffmpegPath === null ? null : this.take(wanted)
    if (taken === null || ffmpegPath === null) return null
    const profile = this.served(wanted)
    const encoder = this.#encoders.get(profile) ?? new Mpeg1Channel(taken.channel.bus, ffmpegPath)
    this.#encoders.set(profile, encoder)
    this.#keep(`encoder ${profile}`)
    return {
      encoder,
      release: () => {
        this.#linger(`encoder ${profile}`, () => {
          if (encoder.sinkCount > 0) return
          encoder.stop()
          this.#encoders.delete(profile)
          taken.release()
        })
      },
    }
  }

  /** The shared H.264 encoder of a profile; null while the camera is switched off, ffmpeg is missing, or the machine has no room for one more. */
  takeH264(wanted: MediaProfile): { transcoder: Transcoder; release: () => void } | null {
    const { ffmpegPath, now, transcodes } = this.#context
    const profile = this.served(wanted)
    const before = this.#transcoders.get(profile)
    if (ffmpegPath === null || (before === undefined && transcodes.count >= MAX_TRANSCODES)) return null
    const taken = this.take(profile)
    if (taken === null) return null
    const transcoder = before ?? new Transcoder(taken.channel.bus, ffmpegPath, now)
    if (before === undefined) transcodes.count += 1
    this.#transcoders.set(profile, transcoder)
    this.#keep(`transcoder ${profile}`)
    return {
      transcoder,
      release: () => {
        this.#linger(`transcoder ${profile}`, () => {
          if (transcoder.bus.sinkCount > 0) return
          this.#endTranscoder(profile, transcoder)
          taken.release()
        })
      },
    }
  }

  #endTranscoder(profile: MediaProfile, transcoder: Transcoder): void {
    transcoder.stop()
    if (this.#transcoders.delete(profile)) this.#context.transcodes.count -= 1
  }

  /** Keeps the picture between two instants, if this camera is recorded on alarm. */
  record(fromMs: number, untilMs: number): void {
    this.#recorder?.want(fromMs, untilMs)
  }

  async snapshot(): ReturnType<Snapshotter['take']> {
    const channel = this.#channels.get('main')
    return channel === undefined ? { ok: false, code: 'no_picture' } : await this.#snapshotter.take(channel)
  }

  /** Ends everything at once; resolves when what was recorded is in its file. */
  async stop(): Promise<void> {
    clearInterval(this.#sampler)
    for (const timer of this.#lingering.values()) clearTimeout(timer)
    const recorded = this.#recorder?.stop()
    for (const encoder of this.#encoders.values()) encoder.stop()
    for (const [profile, transcoder] of this.#transcoders) this.#endTranscoder(profile, transcoder)
    for (const channel of this.#channels.values()) channel.stop()
    this.#channels.clear()
    this.#encoders.clear()
    await recorded
  }

  #open(profile: MediaProfile): CameraChannel {
    const url = profile === 'sub' && this.#source.subUrl !== null ? this.#source.subUrl : this.#source.url
    const channel = new CameraChannel(`${this.#source.id}/${profile}`, url, this.#context, {
      flowing: () => {
        if (profile === 'main') this.#judge()
      },
      lost: (reason) => {
        if (profile === 'main') this.#lost(reason)
      },
    })
    this.#channels.set(profile, channel)
    return channel
  }

  #letGo(profile: MediaProfile): void {
    if (profile === 'main') return
    this.#linger(`channel ${profile}`, () => {
      const channel = this.#channels.get(profile)
      if (channel === undefined || channel.bus.sinkCount > 0) return
      channel.stop()
      this.#channels.delete(profile)
    })
  }

  #linger(key: string, end: () => void): void {
    this.#keep(key)
    this.#lingering.set(key, setTimeout(end, LINGER_MS))
  }

  #keep(key: string): void {
    clearTimeout(this.#lingering.get(key))
    this.#lingering.delete(key)
  }

  /** What the coded picture itself says, while it flows. */
  #faulty(fault: PictureFault | null): void {
    this.#pictureFault = fault
    if (this.#channels.get('main')?.isFlowing === true) this.#judge()
  }

  /** Whether the disk took what should be kept. */
  #recorded(isTaken: boolean): void {
    this.#isUnrecorded = !isTaken
    if (this.#channels.get('main')?.isFlowing === true) this.#judge()
  }

  /** The state of a camera that flows. */
  #judge(): void {
    const reason = this.#pictureFault ?? (this.#isUnrecorded ? 'disk_full' : null)
    this.#set(reason === null ? 'online' : 'degraded', reason)
  }

  #lost(reason: CameraReason): void {
    const now = this.#context.now()
    const wasFlowing = this.#health.state === 'online' || FLOWING_REASONS.includes(this.#health.reason)
    this.#pictureFault = null
    if (wasFlowing) this.#lastFlowMs = now
    const isSilence = SILENCES.includes(reason)
    const silentMs = this.#lastFlowMs === null ? Infinity : now - this.#lastFlowMs
    this.#set(isSilence && silentMs < OFFLINE_AFTER_MS ? 'degraded' : 'offline', reason)
  }

  #set(state: CameraState, reason: CameraReason | null): void {
    if (this.#health.state === state && this.#health.reason === reason) return
    this.#health = { state, reason, sinceMs: this.#context.now() }
    this.#report()
  }

  #sample(): void {
    const { state, reason } = this.#health
    if (state === 'degraded' && reason !== null && this.#lastFlowMs !== null && SILENCES.includes(reason)) this.#lost(reason)
    this.#report()
  }

  #report(): void {
    const flow = this.#channels.get('main')?.meter.read() ?? null
    this.#onReport({
      cameraId: this.#source.id,
      ...this.#health,
      observedAtMs: this.#context.now(),
      fps: flow === null ? null : Math.round(flow.fps * 10) / 10,
      bitrateKbps: flow === null ? null : Math.round(flow.bitrateKbps),
    })
  }
}
