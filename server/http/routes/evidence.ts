import { createReadStream } from 'node:fs'

import { z } from 'zod'

import { ID_PATTERN, parseInstant } from '../../../shared/domain/field.ts'
import type { CameraUse } from '../../../shared/domain/consent.ts'
import { LAYERS, PEOPLE_LAYERS } from '../../../shared/domain/layers.ts'
import { layersOf } from '../../../shared/domain/roles.ts'
import type { Audit } from '../../accounts/audit.ts'
import { audienceOf } from '../../accounts/principal.ts'
import type { EvidenceService } from '../../history/evidence-service.ts'
import { answer, problem, route, type Route } from '../route.ts'
import { auditedReason } from './holds.ts'

/** A week around an incident is long; beyond a month nobody looks for one. */
const MAX_RANGE_MS = 33 * 86_400_000
const access = { roles: ['supervisor'] } as const

const requestSchema = z.strictObject({
  from: z.string().max(40),
  to: z.string().max(40),
  layers: z.array(z.enum(LAYERS)).min(1).max(LAYERS.length),
  cameras: z.array(z.string().regex(ID_PATTERN)).max(64).default([]),
  caseId: z.string().regex(ID_PATTERN).nullable().default(null),
  reason: auditedReason,
})

export interface EvidenceRouteDependencies {
  readonly evidence: EvidenceService
  readonly audit: Pick<Audit, 'record'>
  /** Whether a camera's owner lets its recordings be used, now. */
  readonly allows: (cameraId: string, use: CameraUse) => boolean
}

/** Evidence: asked for with a reason, made in the background, signed, audited. */
export function evidenceRoutes({ evidence, audit, allows }: EvidenceRouteDependencies): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/evidence/key.pub',
      access: { roles: ['supervisor', 'office', 'admin'] },
      body: null,
      handler: () =>
        answer(Buffer.from(evidence.publicKey), {
          headers: { 'Content-Type': 'application/x-pem-file', 'Cache-Control': 'no-store' },
        }),
    }),
    route({
      method: 'GET',
      path: '/api/evidence',
      access,
      body: null,
      handler: async () => answer({ ok: true, bundles: await evidence.list() }, { headers: { 'Cache-Control': 'no-store' } }),
    }),
    route({
      method: 'POST',
      path: '/api/evidence',
      access,
      body: requestSchema,
      async handler({ principal, body }) {
        const { layers, cameras, caseId, reason } = body
        const audience = audienceOf(principal)
        const unseen = layers.find((layer) => audience === null || !layersOf(audience).includes(layer))
        if (unseen !== undefined) return problem('forbidden_layer', `may not see ${unseen}`, { field: unseen })
        // People come as a whole class: who wants workers has to say that residents come with them.
        const people = layers.filter((layer) => PEOPLE_LAYERS.includes(layer))
        if (people.length > 0 && people.length < PEOPLE_LAYERS.length) {
          return problem('bad_field', `${PEOPLE_LAYERS.join(' and ')} come together: ask for both or neither`, {
            field: 'layers',
          })
        }
        const refused = cameras.find((cameraId) => !allows(cameraId, 'recordings'))
        if (refused !== undefined)
          return problem('no_consent', 'the owner of this camera does not allow its recordings', { field: refused })
        const fromMs = parseInstant(body.from)
        const toMs = parseInstant(body.to)
        if (fromMs === null || toMs === null || toMs <= fromMs || toMs - fromMs > MAX_RANGE_MS) {
          return problem('bad_request', 'from and to are instants with an offset, at most 33 days apart')
        }
        const id = evidence.start(
          { fromMs, toMs, layers: [...new Set(layers)], cameras: [...new Set(cameras)], caseId, reason },
          principal.id,
        )
        if (id === null) return problem('rate_limited', 'one bundle at a time', { retryAfterMs: 5_000 })
        const details = { from: body.from, to: body.to, layers, cameras, caseId }
        try {
          await audit.record({ actor: principal, action: 'evidence.export', subject: `evidence/${id}`, reason, details })
          for (const cameraId of cameras) {
            const look = { what: 'export', fromMs, toMs, evidence: id }
            await audit.record({
              actor: principal,
              action: 'recording.read',
              subject: `cameras/${cameraId}`,
              reason,
              details: look,
            })
          }
        } catch (cause) {
          await evidence.remove(id) // What is not in the register does not happen.
          throw cause
        }
        return answer({ ok: true, id }, { status: 202 })
      },
    }),
    route({
      method: 'GET',
      path: '/api/evidence/:id',
      access,
      body: null,
      async handler({ params }) {
        const state = await evidence.state(params['id'] ?? '')
        return state === null
          ? problem('not_found', 'no such bundle')
          : answer({ ok: true, id: params['id'], ...state }, { headers: { 'Cache-Control': 'no-store' } })
      },
    }),
    route({
      method: 'GET',
      path: '/api/evidence/:id/bundle.zip',
      access,
      body: null,
      async handler({ principal, params }) {
        const id = params['id'] ?? ''
        const file = await evidence.file(id)
        if (file === null) return problem('not_found', 'no such bundle, or not finished')
        await audit.record({
          actor: principal,
          action: 'evidence.export',
          subject: `evidence/${id}`,
          details: { step: 'download' },
        })
        return answer(createReadStream(file), {
          headers: {
            'Content-Type': 'application/zip',
            'Content-Disposition': `attachment; filename="evidence-${id}.zip"`,
            'Cache-Control': 'no-store',
          },
        })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/evidence/:id',
      access,
      body: null,
      async handler({ principal, params }) {
        const id = params['id'] ?? ''
        if (!(await evidence.remove(id))) return problem('not_found', 'no such bundle')
        await audit.record({
          actor: principal,
          action: 'evidence.export',
          subject: `evidence/${id}`,
          details: { step: 'delete' },
        })
        return answer({ ok: true })
      },
    }),
  ]
}
