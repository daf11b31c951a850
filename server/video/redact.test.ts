import { expect, test } from 'vitest'
import { redactUrls } from './redact.ts'

test.each([
  ["Impossible to open 'rtsp://viewer:secret@10.0.0.7/cam1'", "Impossible to open 'rtsp://***@10.0.0.7/cam1'"],
  ['rtsp://a:p@ss@10.0.0.7/x', 'rtsp://***@10.0.0.7/x'],
  ['rtsp://10.0.0.7/x?user=viewer&password=secret end', 'rtsp://10.0.0.7/x?*** end'],
  ['two: rtsp://a:b@h/1 and RTSPS://c:d@h/2', 'two: rtsp://***@h/1 and RTSPS://***@h/2'],
  ['nothing to hide', 'nothing to hide'],
])('%s', (line, redacted) => {
  expect(redactUrls(line)).toBe(redacted)
})
