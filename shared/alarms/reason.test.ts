import { describe, expect, it } from 'vitest'

import { formatReason, parseReason, REASON_CODES, type Reason } from './reason.ts'

const note = { noteId: '0b8f6f1e-7a55-4c4e-9a86-6f3d2c1b0a99', hash: 'a'.repeat(64) }

describe("an alarm's reason", () => {
  it('is read as it was written, and fits its field', () => {
    const reasons: Reason[] = [
      ...REASON_CODES.map((code) => ({ code, note: null })),
      { code: null, note },
      { code: 'duplicate', note },
    ]
    for (const reason of reasons) {
      expect(parseReason(formatReason(reason))).toEqual(reason)
      expect(formatReason(reason).length).toBeLessThanOrEqual(160)
    }
  })

  it('of another make says nothing', () => {
    for (const text of [null, '', 'because', 'code:mood', 'note:', 'note:x']) {
      expect(parseReason(text)).toEqual({ code: null, note: null })
    }
  })
})
