import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'

import { ackSchema } from './ack.ts'
import { beatSchema } from './beat.ts'
import { clockReplySchema } from './clock.ts'
import { deltaColumnsSchema, deltaJsonSchema } from './delta.ts'
import { connectErrorSchema, endedSchema } from './ended.ts'
import { joinReplySchema, joinRequestSchema } from './join.ts'
import { progressSchema } from './progress.ts'
import { snapshotJsonSchema } from './snapshot.ts'
import { PROTOCOL_HISTORY, PROTOCOL_VERSION } from './version.ts'

const WIRE = {
  join: joinRequestSchema,
  joinReply: joinReplySchema,
  deltaJson: deltaJsonSchema,
  // The attachment has no JSON schema; its bytes are held by columns.test.ts.
  deltaColumns: deltaColumnsSchema.omit({ columns: true }),
  beat: beatSchema,
  ack: ackSchema,
  clockReply: clockReplySchema,
  ended: endedSchema,
  connectError: connectErrorSchema,
  snapshotJson: snapshotJsonSchema,
  progress: progressSchema,
}

function fingerprint(): string {
  const schemas = Object.entries(WIRE).map(([name, schema]) => [name, z.toJSONSchema(schema)])
  return createHash('sha256').update(JSON.stringify(schemas)).digest('hex').slice(0, 16)
}

describe('the wire', () => {
  it('does not change without a version and its line', () => {
    expect(PROTOCOL_HISTORY.at(-1)).toMatchObject({ version: PROTOCOL_VERSION, fingerprint: fingerprint() })
  })

  it('has one line a version, each one more than the last', () => {
    expect(PROTOCOL_HISTORY.map(({ version }) => version)).toEqual(PROTOCOL_HISTORY.map((_, index) => index + 1))
    for (const { change } of PROTOCOL_HISTORY) expect(change).not.toContain('\n')
  })
})
