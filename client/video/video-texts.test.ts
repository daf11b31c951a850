import { describe, expect, test } from 'vitest'

import type { PlayerDiagnostics } from './player.ts'
import { diagnosticsText, shortDiagnosticsText } from './video-texts.ts'

const figures: PlayerDiagnostics = {
  kind: 'webcodecs',
  mode: 'copy',
  profile: 'main',
  wantedProfile: 'main',
  codec: 'avc1.42c01f',
  widthPx: 1280,
  heightPx: 720,
  fps: 15,
  bitrateKbps: 1923,
  delayMs: 36,
  droppedFrames: 0,
}

describe('the diagnostics line', () => {
  test('tells player, coding, size, frames, bit rate and delay, and in short what a small tile has room for', () => {
    expect(diagnosticsText('zh', figures)).toBe('WebCodecs · avc1.42c01f · 1280×720 · 15 fps · 1923 kbps · 延迟 36 ms')
    expect(shortDiagnosticsText('zh', figures)).toBe('H.264 15fps 1.9M 36ms')
  })

  test('says what became of H.265 that the browser does not play', () => {
    const sub = { ...figures, profile: 'sub' as const }
    const encoded = { ...figures, mode: 'transcoded' as const }
    expect([diagnosticsText('zh', sub), diagnosticsText('zh', encoded)]).toEqual([
      expect.stringContaining('子码流'),
      expect.stringContaining('转码'),
    ])
    expect([shortDiagnosticsText('en', sub), shortDiagnosticsText('en', encoded)]).toEqual([
      'H.264 sub-stream 15fps 1.9M 36ms',
      'H.264 transcoded 15fps 1.9M 36ms',
    ])
    expect(shortDiagnosticsText('zh', { ...figures, codec: 'hvc1.1.6.L93.90', delayMs: null })).toBe('H.265 15fps 1.9M')
    expect(shortDiagnosticsText('zh', { ...figures, delayMs: 2_340 })).toBe('H.264 15fps 1.9M 2.3s')
  })
})
