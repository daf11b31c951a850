import { z } from 'zod'

import type { Role } from '../../../shared/domain/roles.ts'
import { isTimeZone } from '../../../shared/hotspot/import/dates.ts'
import { MOST_FILE_BYTES } from '../../../shared/hotspot/import/past-cases.ts'
import { COORDINATE_SYSTEMS, importProfileSchema } from '../../../shared/hotspot/import/profile.ts'
import { readOutline } from '../../../shared/hotspot/outline.ts'
import type { AnalysisProgress } from '../../../shared/protocol/progress.ts'
import type { Audit, AuditEntry } from '../../accounts/audit.ts'
import { COMMUNITY } from '../../hotspots/community-study.ts'
import { BASE_KINDS } from '../../hotspots/datasets.ts'
import type { Hotspots } from '../../hotspots/hotspots.ts'
import { readBody } from '../body.ts'
import { answer, problem, route, type Route } from '../route.ts'
import { interventionRoutes } from './hotspot-interventions.ts'
import { noDataset, officeOnly as office, readers, readQuestion, seesSmallCells, written } from './hotspot-question.ts'

/** An outline of 20,000 corners is about 800 KB; forms are far smaller. */
const MOST_OUTLINE_BYTES = 2 * 1024 * 1024

const newDatasetSchema = z.strictObject({
  name: z.string().trim().min(1).max(60),
  timeZone: z.string().max(60),
  outline: z.unknown(),
})
const importQuerySchema = z.strictObject({
  dryRun: z.enum(['0', '1']).default('1'),
  fileName: z.string().trim().min(1).max(120),
  profile: z.string().max(4000).optional(),
  timeZone: z.string().max(60).refine(isTimeZone).default('Asia/Shanghai'),
})
export interface HotspotRoutesOptions {
  readonly hotspots: Hotspots
  readonly audit: Pick<Audit, 'record'>
  /** Tells the sockets of a session how far its question is. */
  readonly tell: (credentialId: string, progress: AnalysisProgress) => void
}

/** Hotspots: analyses, datasets with their imports, denominators, interventions and actions. */
export function hotspotRoutes({ hotspots, audit, tell }: HotspotRoutesOptions): Route[] {
  const { datasets } = hotspots
  const noted = (
    actor: NonNullable<AuditEntry['actor']>,
    action: AuditEntry['action'],
    dataset: string,
    details: NonNullable<AuditEntry['details']>,
  ): Promise<void> => audit.record({ actor, action, subject: `hotspots/${dataset}`, details })
  return [
    route({
      method: 'GET',
      path: '/api/hotspots',
      access: readers,
      body: null,
      async handler({ principal, query, signal }) {
        const asked = await readQuestion(hotspots, query)
        if ('refused' in asked) return asked.refused
        const { watch } = asked
        const made = await hotspots.analyse(asked.study, asked.parameters, seesSmallCells(principal.role as Role), {
          signal,
          ...(watch === null ? {} : { onProgress: (progress) => tell(principal.credentialId, { question: watch, ...progress }) }),
        })
        return written(made, 'application/geo+json; charset=utf-8', asked.download ? 'hotspots.geojson' : null)
      },
    }),
    route({
      method: 'GET',
      path: '/api/hotspots/cells/:cell',
      access: readers,
      body: null,
      async handler({ principal, params, query, signal }) {
        const asked = await readQuestion(hotspots, query)
        if ('refused' in asked) return asked.refused
        const made = await hotspots.cell(
          asked.study,
          asked.parameters,
          params['cell'] ?? '',
          seesSmallCells(principal.role as Role),
          { signal },
        )
        return written(made, 'application/json; charset=utf-8', null)
      },
    }),
    route({
      method: 'GET',
      path: '/api/hotspots/datasets',
      access: readers,
      body: null,
      async handler() {
        const community = await hotspots.study(COMMUNITY)
        return answer({ ok: true, community: community !== null, datasets: await datasets.list() })
      },
    }),
    route({
      method: 'POST',
      path: '/api/hotspots/datasets',
      access: office,
      body: null,
      async handler({ raw, principal }) {
        const read = await readBody(raw, MOST_OUTLINE_BYTES)
        if (!read.ok) return problem('too_large', `a dataset's form has at most ${MOST_OUTLINE_BYTES} bytes`)
        const parsed = newDatasetSchema.safeParse(readJson(read.bytes))
        if (!parsed.success)
          return problem('bad_field', 'name, timeZone and outline', { field: parsed.error.issues[0]?.path.join('.') ?? '' })
        if (!isTimeZone(parsed.data.timeZone)) return problem('bad_field', 'no such time zone', { field: 'timeZone' })
        const outline = readOutline(parsed.data.outline)
        if (outline === null) return problem('bad_field', 'a GeoJSON area in WGS-84', { field: 'outline' })
        const dataset = await datasets.create({ ...parsed.data, outline }, principal.id)
        await noted(principal, 'hotspot.dataset', dataset.id, { done: 'create', name: dataset.name })
        return answer({ ok: true, dataset }, { status: 201 })
      },
    }),
    route({
      method: 'GET',
      path: '/api/hotspots/datasets/:id',
      access: readers,
      body: null,
      async handler({ params }) {
        const study = await hotspots.study(params['id'] ?? '')
        const overview = study === null ? null : await hotspots.overview(study.id)
        return study === null || overview === null ? noDataset() : answer({ ok: true, study, ...overview })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/hotspots/datasets/:id',
      access: office,
      body: null,
      async handler({ params, principal }) {
        const id = params['id'] ?? ''
        if (!(await datasets.remove(id))) return noDataset()
        await noted(principal, 'hotspot.dataset', id, { done: 'remove' })
        return answer({ ok: true })
      },
    }),
    route({
      method: 'POST',
      path: '/api/hotspots/datasets/:id/imports',
      access: office,
      body: null,
      async handler({ params, query, raw, principal }) {
        const asked = importQuerySchema.safeParse(Object.fromEntries(query))
        if (!asked.success)
          return problem('bad_request', 'dryRun, fileName and perhaps profile', {
            field: asked.error.issues[0]?.path.join('.') ?? '',
          })
        const profile =
          asked.data.profile === undefined ? null : importProfileSchema.safeParse(readJson(Buffer.from(asked.data.profile)))
        if (profile?.success === false) return problem('bad_field', 'no import profile', { field: 'profile' })
        const read = await readBody(raw, MOST_FILE_BYTES)
        if (!read.ok) return problem('too_large', `a file has at most ${MOST_FILE_BYTES} bytes`)
        const done = await datasets.import({
          datasetId: params['id'] ?? '',
          timeZone: asked.data.timeZone,
          fileName: asked.data.fileName,
          bytes: read.bytes,
          profile: profile?.data ?? null,
          dryRun: asked.data.dryRun === '1',
          by: principal.id,
        })
        if (done.ok && done.importId !== null)
          await noted(principal, 'hotspot.import', params['id'] ?? '', {
            import: done.importId,
            file: asked.data.fileName,
            cases: done.summary.cases,
          })
        if (done.ok)
          return answer(
            { ok: true, import: done.importId, summary: done.summary },
            { status: done.importId === null ? 200 : 201 },
          )
        switch (done.code) {
          case 'not_found':
            return noDataset()
          case 'busy':
            return problem('overloaded', done.detail, { retryAfterMs: 5_000 })
          case 'taken_before':
            return problem('conflict', done.detail)
          case 'bad_file':
            return problem('bad_field', done.detail, { field: 'file' })
          case 'bad_profile':
            return problem('bad_field', done.detail, { field: 'profile' })
        }
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/hotspots/datasets/:id/imports/:import',
      access: office,
      body: null,
      async handler({ params, principal }) {
        const [id, taken] = [params['id'] ?? '', params['import'] ?? '']
        if (!(await datasets.undo(id, taken))) return problem('not_found', 'no such import')
        await noted(principal, 'hotspot.undo', id, { import: taken })
        return answer({ ok: true })
      },
    }),
    route({
      method: 'GET',
      path: '/api/hotspots/imports/:import/report.csv',
      access: office,
      body: null,
      async handler({ params }) {
        const report = await datasets.report(params['import'] ?? '')
        if (report === null) return problem('not_found', 'no such import')
        return answer(report, {
          headers: {
            'Content-Type': 'text/csv; charset=utf-8',
            'Content-Encoding': 'gzip',
            'Content-Disposition': 'attachment; filename="import-report.csv"',
          },
        })
      },
    }),
    route({
      method: 'PUT',
      path: '/api/hotspots/datasets/:id/bases/:kind',
      access: office,
      body: null,
      async handler({ params, raw, query, principal }) {
        const kind = BASE_KINDS.find((one) => one === params['kind'])
        if (kind === undefined) return problem('not_found', BASE_KINDS.join(', '))
        if ((await hotspots.study(params['id'] ?? '')) === null) return noDataset()
        const read = await readBody(raw, MOST_OUTLINE_BYTES * 5)
        if (!read.ok) return problem('too_large', 'at most 10 MB')
        const system = z
          .enum(COORDINATE_SYSTEMS)
          .default('WGS84')
          .safeParse(query.get('system') ?? undefined)
        if (!system.success) return problem('bad_field', COORDINATE_SYSTEMS.join(', '), { field: 'system' })
        const done = await datasets.setBases(params['id'] ?? '', kind, {
          bytes: read.bytes,
          system: system.data,
          buildingPlace: hotspots.buildingPlace,
        })
        if (done.ok) await noted(principal, 'hotspot.bases', params['id'] ?? '', { kind, places: done.places, total: done.total })
        return done.ok
          ? answer({ ok: true, places: done.places, total: done.total })
          : problem('bad_field', done.detail, { field: 'file' })
      },
    }),
    ...interventionRoutes(hotspots, audit),
  ]
}

function readJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch (error) {
    if (error instanceof SyntaxError) return null
    throw error
  }
}
