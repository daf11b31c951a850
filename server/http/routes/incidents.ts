import { z } from 'zod'

import { formatInstant, ID_PATTERN, IDENTITY_MESSAGE, looksLikeIdentity, parseInstant } from '../../../shared/domain/field.ts'
import type { CameraUse } from '../../../shared/domain/consent.ts'
import type { Audit } from '../../accounts/audit.ts'
import type { Incident, IncidentFile, Incidents, TimelineLine } from '../../history/incidents.ts'
import type { SnapshotResult } from '../../video/hub-protocol.ts'
import { createInFlight } from '../in-flight.ts'
import { answer, problem, route, type Route } from '../route.ts'
import { auditedReason } from './holds.ts'

const access = { roles: ['supervisor'] } as const
/** A day and a night around it: each chunk of the range is opened to read the file. */
const MAX_RANGE_MS = 2 * 86_400_000
const NOT_FOUND = 'no such incident file'
const noStore = { headers: { 'Cache-Control': 'no-store' } }

const incidentSchema = z.strictObject({
  from: z.string().max(40),
  to: z.string().max(40),
  caseId: z.string().regex(ID_PATTERN).nullable().default(null),
  cameras: z.array(z.string().regex(ID_PATTERN)).max(64).default([]),
  reason: auditedReason,
})
const noteSchema = z.strictObject({
  text: z
    .string()
    .trim()
    .min(1)
    .max(4_000)
    .refine((text) => !looksLikeIdentity(text), { message: IDENTITY_MESSAGE }),
})
const stillSchema = z.strictObject({ cameraId: z.string().regex(ID_PATTERN), at: z.string().max(40) })

export interface IncidentRouteDependencies {
  readonly incidents: Incidents
  readonly audit: Pick<Audit, 'record'>
  /** The picture of a recording at an instant. */
  readonly stillAt: (cameraId: string, atMs: number) => Promise<SnapshotResult>
  /** Whether a camera's owner lets its recordings be used, now. */
  readonly allows: (cameraId: string, use: CameraUse) => boolean
}

/** Incident files: what was known when about a case or a stretch of time, with notes and stills. */
export function incidentRoutes({ incidents, audit, stillAt, allows }: IncidentRouteDependencies): Route[] {
  const readings = createInFlight(1)
  return [
    route({
      method: 'GET',
      path: '/api/incidents',
      access,
      body: null,
      handler: async () => answer({ ok: true, incidents: (await incidents.list()).map(written) }, noStore),
    }),
    route({
      method: 'POST',
      path: '/api/incidents',
      access,
      body: incidentSchema,
      async handler({ principal, body: { from, to, caseId, cameras, reason } }) {
        const fromMs = parseInstant(from)
        const toMs = parseInstant(to)
        if (fromMs === null || toMs === null || toMs <= fromMs || toMs - fromMs > MAX_RANGE_MS) {
          return problem('bad_request', 'from and to are instants with an offset, at most two days apart')
        }
        const id = await incidents.make({ fromMs, toMs, caseId, cameras: [...new Set(cameras)], reason }, principal)
        return answer({ ok: true, id }, { status: 201 })
      },
    }),
    route({
      method: 'GET',
      path: '/api/incidents/:id',
      access,
      body: null,
      async handler({ principal, params, signal }) {
        const reading = readings.run(principal.credentialId, signal, () => incidents.read(params['id'] ?? '', principal))
        if (reading === null) return problem('rate_limited', 'one file at a time', { retryAfterMs: 1_000 })
        const file = await reading
        return file === null ? problem('not_found', NOT_FOUND) : answer({ ok: true, ...fileOf(file) }, noStore)
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/incidents/:id',
      access,
      body: null,
      async handler({ principal, params }) {
        return (await incidents.remove(params['id'] ?? '', principal)) ? answer({ ok: true }) : problem('not_found', NOT_FOUND)
      },
    }),
    route({
      method: 'POST',
      path: '/api/incidents/:id/notes',
      access,
      body: noteSchema,
      async handler({ principal, params, body }) {
        const id = await incidents.addNote(params['id'] ?? '', body.text, principal)
        return id === null ? problem('not_found', NOT_FOUND) : answer({ ok: true, id }, { status: 201 })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/incidents/:id/notes/:note',
      access,
      body: null,
      async handler({ principal, params }) {
        const done = await incidents.eraseNote(params['id'] ?? '', params['note'] ?? '', principal)
        return done ? answer({ ok: true }) : problem('not_found', 'no such note, or erased before')
      },
    }),
    route({
      method: 'POST',
      path: '/api/incidents/:id/stills',
      access,
      body: stillSchema,
      async handler({ principal, params, body }) {
        const { cameraId } = body
        const incident = await incidents.find(params['id'] ?? '')
        if (incident === null) return problem('not_found', NOT_FOUND)
        const atMs = parseInstant(body.at)
        if (atMs === null) return problem('bad_field', 'an instant with an offset', { field: 'at' })
        if (!allows(cameraId, 'recordings'))
          return problem('no_consent', 'the owner of this camera does not allow its recordings', { field: cameraId })
        const details = { what: 'still', fromMs: atMs, toMs: atMs, incident: incident.id }
        const { reason } = incident
        await audit.record({ actor: principal, action: 'recording.read', subject: `cameras/${cameraId}`, reason, details })
        const found = await stillAt(cameraId, atMs)
        if (!found.ok) return problem('not_found', `no picture: ${found.code}`)
        const still = { cameraId, takenAtMs: found.atMs, jpeg: found.jpeg }
        const id = await incidents.addStill(incident.id, still, principal)
        return answer({ ok: true, id, takenAt: formatInstant(found.atMs) }, { status: 201 })
      },
    }),
    route({
      method: 'GET',
      path: '/api/incidents/:id/stills/:still',
      access,
      body: null,
      async handler({ params }) {
        const jpeg = await incidents.still(params['id'] ?? '', params['still'] ?? '')
        if (jpeg === null) return problem('not_found', 'no such still')
        return answer(Buffer.from(jpeg), { headers: { 'Content-Type': 'image/jpeg', 'Cache-Control': 'no-store' } })
      },
    }),
  ]
}

const written = ({ id, fromMs, toMs, caseId, cameras, reason, by, atMs }: Incident) => ({
  id,
  from: formatInstant(fromMs),
  to: formatInstant(toMs),
  caseId,
  cameras,
  reason,
  by,
  at: formatInstant(atMs),
})

const fileOf = (file: IncidentFile) => ({
  ...written(file),
  timeline: file.timeline.map(lineOf),
  truncated: file.isCut,
  notes: file.notes.map(({ id, at, seat, text }) => ({ id, at: formatInstant(at), by: seat, text, erased: text === null })),
  stills: file.stills.map(({ id, cameraId, takenAt, addedAt, seat }) => ({
    id,
    cameraId,
    takenAt: formatInstant(takenAt),
    addedAt: formatInstant(addedAt),
    by: seat,
  })),
})

/** A change with all its fields: a supervisor sees every layer; or an act, with who and why. */
function lineOf(line: TimelineLine) {
  if (line.kind === 'change') {
    const { seq, layer, id, op, observedAt, fields } = line.change
    return { kind: 'change', at: formatInstant(line.atMs), seq, layer, id, op, observedAt: formatInstant(observedAt), fields }
  }
  const { action, subject, reason, actorName } = line.act
  return { kind: 'act', at: formatInstant(line.atMs), action, subject, by: actorName, reason }
}
