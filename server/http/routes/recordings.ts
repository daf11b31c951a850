import { Readable } from 'node:stream'

import { z } from 'zod'

import { formatInstant, ID_PATTERN, IDENTITY_MESSAGE, looksLikeIdentity, parseInstant } from '../../../shared/domain/field.ts'
import type { Role } from '../../../shared/domain/roles.ts'
import type { CameraUse } from '../../../shared/domain/consent.ts'
import type { RecordingIndex } from '../../video/recording-index.ts'
import { groupHolding, playableBytes, spansOf, type Span } from '../../video/recording-reader.ts'
import type { ViewingReasons } from '../../video/viewing-reasons.ts'
import { answer, problem, route, type Answer, type Route } from '../route.ts'

/** Who may see recordings. */
export const RECORDING_ROLES: readonly Role[] = ['supervisor']

/** A day is more than anybody watches in one go, and bounds one answer. */
const MAX_RANGE_MS = 86_400_000

export interface RecordingRouteDependencies {
  readonly index: RecordingIndex
  /** Folder of all recordings. */
  readonly folder: string
  readonly reasons: ViewingReasons
  /** Whether a camera's owner lets it be used so, now. */
  readonly allows: (cameraId: string, use: CameraUse) => boolean
}

const access = { roles: RECORDING_ROLES } as const
const reasonBody = z.strictObject({
  reason: z
    .string()
    .trim()
    .min(2)
    .max(200)
    .refine((text) => !looksLikeIdentity(text), { message: IDENTITY_MESSAGE }),
})

/** What is recorded, and the recording itself, for who gave a reason in this session; each look is in the audit register. */
export function recordingRoutes({ index, folder, reasons, allows }: RecordingRouteDependencies): Route[] {
  return [
    route({
      method: 'POST',
      path: '/api/recordings/reason',
      access,
      body: reasonBody,
      handler({ body, principal }) {
        reasons.give(principal, body.reason)
        return answer({ ok: true })
      },
    }),
    route({
      method: 'GET',
      path: '/api/recordings/:camera',
      access,
      body: null,
      async handler({ params, query }) {
        const asked = readRange(params['camera'], query)
        if (!asked.ok) return asked.answer
        const { cameraId, fromMs, toMs } = asked
        const { spans, gaps } = await spansOf(index, cameraId, fromMs, toMs)
        return answer({ ok: true, camera: cameraId, spans: spans.map(written), gaps: gaps.map(written) })
      },
    }),
    route({
      method: 'GET',
      path: '/media/recording/:camera',
      access,
      body: null,
      async handler({ params, query, principal }) {
        const asked = readRange(params['camera'], query)
        if (!asked.ok) return asked.answer
        const { cameraId, fromMs, toMs } = asked
        if (!allows(cameraId, 'recordings'))
          return problem('no_consent', 'the owner of this camera does not allow its recordings')
        if (!(await reasons.record(principal, { cameraId, what: 'fetch', fromMs, toMs }))) return reasonRequired()
        const first = (await groupHolding(index, cameraId, fromMs)) ?? (await index.gopAfter(cameraId, fromMs))
        if (first === null || first.wallMs >= toMs) return problem('not_found', 'nothing is recorded then')
        const headers = {
          'Content-Type': 'video/mp4',
          'Content-Disposition': `attachment; filename="${cameraId}-${first.wallMs}.mp4"`,
          // The picture's first instant, which the file itself cannot say.
          'X-Recorded-From': formatInstant(first.wallMs),
        }
        return answer(Readable.from(playableBytes(index, folder, cameraId, fromMs, toMs)), { headers })
      },
    }),
  ]
}

/** The answer to whoever has not said why yet. */
export function reasonRequired(): Answer {
  return problem('reason_required', 'say why once a session: POST /api/recordings/reason')
}

const written = ({ fromMs, toMs }: Span) => ({ from: formatInstant(fromMs), to: formatInstant(toMs) })

function readRange(
  camera: string | undefined,
  query: URLSearchParams,
): { ok: true; cameraId: string; fromMs: number; toMs: number } | { ok: false; answer: Answer } {
  const cameraId = camera ?? ''
  if (!ID_PATTERN.test(cameraId)) return { ok: false, answer: problem('not_found', 'no such camera') }
  const fromMs = readInstant(query.get('from'))
  const toMs = readInstant(query.get('to'))
  if (fromMs === null || toMs === null || toMs <= fromMs || toMs - fromMs > MAX_RANGE_MS) {
    return { ok: false, answer: problem('bad_request', 'from and to are instants, from before to, a day apart at most') }
  }
  return { ok: true, cameraId, fromMs, toMs }
}

/** An ISO instant with an offset, or Unix milliseconds; null when it is neither. */
export function readInstant(text: string | null): number | null {
  if (text === null) return null
  return /^\d{1,14}$/.test(text) ? Number(text) : parseInstant(text)
}
