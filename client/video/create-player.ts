import { JsmpegDecoder } from './jsmpeg-decoder.ts'
import { LivePlayer } from './live-player.ts'
import { MseDecoder } from './mse-decoder.ts'
import type { PlayerKind, PlayerOptions, VideoPlayer } from './player.ts'
import { WebCodecsDecoder } from './webcodecs-decoder.ts'

/** The kinds that this browser has the means for, best first: least delay, then least work. WebCodecs needs a secure context. */
export function availableKinds(): readonly PlayerKind[] {
  const kinds: PlayerKind[] = []
  if ('VideoDecoder' in globalThis && globalThis.isSecureContext) kinds.push('webcodecs')
  if ('MediaSource' in globalThis && MediaSource.isTypeSupported('video/mp4; codecs="avc1.42c01f"')) kinds.push('mse')
  kinds.push('jsmpeg')
  return kinds
}

/** A player of the wanted kind, else of the best that is available. */
export function createPlayer(options: PlayerOptions): VideoPlayer {
  const kind = options.kind ?? availableKinds()[0] ?? 'jsmpeg'
  switch (kind) {
    case 'webcodecs':
      return new LivePlayer(kind, 'fmp4', options, (events) => new WebCodecsDecoder(events))
    case 'mse':
      return new LivePlayer(kind, 'fmp4', options, (events) => new MseDecoder(events))
    case 'jsmpeg':
      return new LivePlayer(kind, 'mpeg1', options, (events) => new JsmpegDecoder(events))
  }
}

/** The next kind to try when one turned out not to work here; null when none is left. */
export function nextKind(kind: PlayerKind): PlayerKind | null {
  const kinds = availableKinds()
  return kinds[kinds.indexOf(kind) + 1] ?? null
}
