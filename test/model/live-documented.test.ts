import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, it } from 'vitest'

import { REFUSAL_CODES } from '../../shared/domain/entry.ts'
import { LAYERS } from '../../shared/domain/layers.ts'
import { CONNECT_CODES, ENDED_CODES } from '../../shared/protocol/ended.ts'
import { JOIN_CODES } from '../../shared/protocol/join.ts'
import { PROBLEM_STATUS } from '../../shared/protocol/problems.ts'
import { PROTOCOL_VERSION } from '../../shared/protocol/version.ts'

let text = ''
beforeAll(async () => {
  text = await readFile(new URL('../../docs/protocol.md', import.meta.url), 'utf8')
})

describe('docs/protocol.md', () => {
  it('explains every code that a client may meet', () => {
    const codes = [...JOIN_CODES, ...ENDED_CODES, ...CONNECT_CODES, ...REFUSAL_CODES]
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([])
  })

  it('has every HTTP refusal under its status', () => {
    for (const [code, status] of Object.entries(PROBLEM_STATUS)) {
      const row = text.split('\n').find((line) => line.startsWith(`| ${status} |`))
      expect(row, `${code} under ${status}`).toContain(`\`${code}\``)
    }
  })

  it('numbers the layers as the wire does, and says which version it is about', () => {
    for (const [index, layer] of LAYERS.entries()) expect(text).toContain(`| ${index} | \`${layer}\` |`)
    expect(text).toContain(`version ${PROTOCOL_VERSION}`)
  })
})
