import { expect, test } from 'vitest'

import { drawingPace } from './renderer.ts'

const UHD = 3840 * 2160

test('a graphics card draws every pixel of a 4K wall', () => {
  expect(drawingPace('ANGLE (Intel, Mesa Intel(R) UHD Graphics)', UHD, 1)).toEqual({
    pixelRatio: 1,
    antialias: true,
    flies: true,
    pulseEachMs: 100,
  })
})

test('a processor draws as many pixels as it can keep up with, less often', () => {
  const pace = drawingPace('ANGLE (Google, Vulkan 1.3.0 (SwiftShader Device))', UHD, 1)
  expect(pace.pixelRatio).toBeCloseTo(0.5)
  expect(pace).toMatchObject({ antialias: false, flies: false })
  expect(pace.pulseEachMs).toBeGreaterThan(100)
  expect(drawingPace('llvmpipe (LLVM 15)', 1920 * 1080, 1).pixelRatio).toBe(1)
})
