import { z } from 'zod'

import { interventionSchema, shownEffect } from '../../../shared/hotspot/intervention.ts'
import type { Hotspots } from '../../hotspots/hotspots.ts'
import { answer, problem, route, type Route } from '../route.ts'
import { noDataset, officeOnly as office, readers, seesSmallCells } from './hotspot-question.ts'
import type { Role } from '../../../shared/domain/roles.ts'
import type { Audit } from '../../accounts/audit.ts'

const actionSchema = z.strictObject({
  place: z.string().regex(/^\d{1,4}:-?\d{1,7},-?\d{1,7}$/),
  owner: z.string().trim().max(40),
  action: z.string().trim().max(200),
  dueOn: z.iso.date().nullable(),
})

/** Interventions with their effect cards, and what the office decided about hot places. */
export function interventionRoutes(hotspots: Hotspots, audit: Pick<Audit, 'record'>): Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/hotspots/datasets/:id/interventions',
      access: readers,
      body: null,
      async handler({ principal, params, signal }) {
        const study = await hotspots.study(params['id'] ?? '')
        if (study === null) return noDataset()
        const cards: object[] = []
        for (const { id, intervention } of await hotspots.interventions(study.id)) {
          const made = await hotspots.effect(study, intervention, { signal })
          cards.push({
            id,
            intervention,
            effect: made.ok ? shownEffect(made.result, seesSmallCells(principal.role as Role)) : { code: made.why.code },
          })
        }
        return answer({ ok: true, interventions: cards })
      },
    }),
    route({
      method: 'POST',
      path: '/api/hotspots/datasets/:id/interventions',
      access: office,
      body: interventionSchema,
      async handler({ params, body, principal, signal }) {
        const study = await hotspots.study(params['id'] ?? '')
        if (study === null) return noDataset()
        const made = await hotspots.effect(study, body, { signal })
        if (made.ok && made.result.code === 'areas_overlap')
          return problem('bad_field', 'the control area overlaps the treated one', { field: 'control' })
        await audit.record({
          actor: principal,
          action: 'hotspot.intervention',
          subject: `hotspots/${study.id}`,
          details: { done: 'add', startsOn: body.startsOn, category: body.category },
        })
        const id = await hotspots.addIntervention(study.id, body, principal.id)
        return answer({ ok: true, id, effect: made.ok ? made.result : { code: made.why.code } }, { status: 201 })
      },
    }),
    route({
      method: 'DELETE',
      path: '/api/hotspots/interventions/:id',
      access: office,
      body: null,
      async handler({ params, principal }) {
        const id = params['id'] ?? ''
        if (!(await hotspots.removeIntervention(id))) return problem('not_found', 'no such intervention')
        const subject = `hotspots/interventions/${id}`
        await audit.record({ actor: principal, action: 'hotspot.intervention', subject, details: { done: 'remove' } })
        return answer({ ok: true })
      },
    }),
    route({
      method: 'GET',
      path: '/api/hotspots/datasets/:id/actions',
      access: readers,
      body: null,
      handler: async ({ params }) => answer({ ok: true, actions: await hotspots.actions(params['id'] ?? '') }),
    }),
    route({
      method: 'PUT',
      path: '/api/hotspots/datasets/:id/actions',
      access: office,
      body: actionSchema,
      async handler({ params, body, principal }) {
        if ((await hotspots.study(params['id'] ?? '')) === null) return noDataset()
        const subject = `hotspots/${params['id'] ?? ''}`
        await audit.record({ actor: principal, action: 'hotspot.action', subject, details: { ...body } })
        await hotspots.setAction(params['id'] ?? '', body, principal.id)
        return answer({ ok: true })
      },
    }),
  ]
}
