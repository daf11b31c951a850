import type { Entry } from '../../../shared/domain/entry.ts'
import { formatInstant, type Fields, type FieldValue } from '../../../shared/domain/field.ts'
import type { DemoCommunity } from '../community.ts'
import { createCaseLife, dueAtOf, LONGEST_CASE_MS, type CaseStep, type DemoCase } from './case-life.ts'
import { DAY_MS, isDue, momentAt, realAt, type LifeClock, type Moment } from './life-clock.ts'
import { createMerchantLife } from './merchant-life.ts'
import { createResidentLife } from './resident-life.ts'
import { stationReadingAt } from './station-life.ts'
import { workerStateAt } from './worker-life.ts'

/** Cases of this long before the demo's first day are in its log from the start, so that a year can be reviewed. */
const PAST_MS = 364 * DAY_MS
/** Real milliseconds between two reports at rate 1; a third of the staleness bound or less. */
const STATION_PERIOD_MS = 20_000
const WORKER_PERIOD_MS = { least: 5_000, most: 10_000 }
const OFF_DUTY_PERIOD_MS = 30_000

export interface DemoLife {
  /** Everything there is at a real instant, as puts, buildings before their residents. `observedAt` of past cases is their last step. */
  initial(nowMs: number): Entry[]
  /** What is to be reported for the real time `(fromMs, nowMs]`, at most as new as `nowMs`. */
  between(fromMs: number, nowMs: number): Entry[]
}

/**
 * The life of a community: pure functions of its seed and the clock. Whoever asks for the same windows gets the same
 * entries, and `between` windows that follow each other end where `initial` at the end stands.
 */
export function createDemoLife(community: DemoCommunity, clock: LifeClock, firstLifeMs: number): DemoLife {
  const { seed } = community
  const residents = createResidentLife(seed, community.residents.length)
  const merchants = createMerchantLife(seed, community.merchants)
  const cases = createCaseLife(community, firstLifeMs)
  const categories = new Map(community.site.categories.map((category) => [category.code, category]))
  const faster = Math.max(1, clock.rate)

  const stationFields = (index: number, moment: Moment): Fields => {
    const station = community.stations[index]
    return station === undefined ? {} : { ...stationReadingAt(seed, index, station, moment) }
  }
  const workerFields = (index: number, moment: Moment): Fields => {
    const grid = community.grids[index]
    return grid === undefined ? {} : { ...workerStateAt(seed, index, grid, moment) }
  }
  const caseFields = (each: DemoCase, step: CaseStep): Fields => ({
    stage: step.stage,
    dueAt: dueAtOf(clock, each, step.stage, categories.get(each.theme.code)),
    ...(step.isAssigned ? { assigneeId: each.assigneeId } : {}),
  })
  const caseEntry = (each: DemoCase, step: CaseStep, isFirst: boolean): Entry => {
    const constant = {
      categoryCode: each.theme.code,
      severity: each.theme.severity,
      position: each.position,
      gridId: each.gridId,
      reportedAt: formatInstant(realAt(clock, each.steps[0]?.atLifeMs ?? 0)),
      reporterKind: each.reporterKind,
    }
    const fields = isFirst ? { ...constant, ...caseFields(each, step) } : caseFields(each, step)
    return { layer: 'cases', id: each.id, op: isFirst ? 'put' : 'patch', observedAt: realAt(clock, step.atLifeMs), fields }
  }

  return {
    initial(nowMs) {
      const now = momentAt(clock, nowMs)
      const put = (layer: Entry['layer'], id: string, fields: Fields): Entry => ({
        layer,
        id,
        op: 'put',
        observedAt: nowMs,
        fields,
      })
      const past = cases.reportedIn(firstLifeMs - PAST_MS, now.lifeMs).map((each) => {
        const reached = each.steps.findLast(({ atLifeMs }) => atLifeMs <= now.lifeMs) ?? {
          atLifeMs: 0,
          stage: 'reported',
          isAssigned: false,
        }
        return caseEntry(each, reached, true)
      })
      return [
        ...community.buildings.map(({ id, name, compoundId, gridId, position, floors, households }) =>
          put('buildings', id, { name, compoundId, gridId, position, floors, households }),
        ),
        ...community.stations.map(({ id, name, position, hours, seatsTotal, portsTotal }, index) =>
          put('stations', id, { name, position, hours, seatsTotal, portsTotal, ...stationFields(index, now) }),
        ),
        ...community.workerIds.map((id, index) =>
          put('workers', id, { gridId: community.grids[index]?.id ?? null, ...workerFields(index, now) }),
        ),
        ...community.merchants.map((merchant, index) => {
          const { id, name, trade, position, pointsPartner } = merchant
          return put('merchants', id, {
            name,
            category: trade.category,
            position,
            pointsPartner,
            ...merchants.stateAt(index, now),
          })
        }),
        ...community.residents.map(({ id, buildingId }, index) =>
          put('residents', id, { buildingId, care: residents.careAt(index, now.lifeMs) }),
        ),
        ...past.toSorted((a, b) => a.observedAt - b.observedAt),
      ]
    },

    between(fromMs, nowMs) {
      const [from, now] = [momentAt(clock, fromMs), momentAt(clock, nowMs)]
      const entries: Entry[] = []
      const patch = (layer: Entry['layer'], id: string, fields: Fields): void => {
        entries.push({ layer, id, op: 'patch', observedAt: nowMs, fields })
      }
      for (const [index, { id }] of community.stations.entries()) {
        const period = STATION_PERIOD_MS / faster
        const fields = stationFields(index, now)
        const isNews = fields['state'] !== stationFields(index, from)['state']
        if (isNews || isDue(period, (period * index) / community.stations.length, fromMs, nowMs)) patch('stations', id, fields)
      }
      for (const [index, id] of community.workerIds.entries()) {
        const fields = workerFields(index, now)
        const isOff = fields['duty'] === 'off'
        const share = ((index * 37) % 126) / 126
        const onDutyPeriod = WORKER_PERIOD_MS.least + share * (WORKER_PERIOD_MS.most - WORKER_PERIOD_MS.least)
        const period = isOff ? OFF_DUTY_PERIOD_MS : onDutyPeriod / faster
        const isNews = fields['duty'] !== workerFields(index, from)['duty']
        if (isNews || isDue(period, period * share, fromMs, nowMs)) patch('workers', id, fields)
      }
      for (const [index, merchant] of community.merchants.entries()) {
        const state = merchants.stateAt(index, now)
        const changed = differing(merchants.stateAt(index, from), state)
        if (changed !== null) patch('merchants', merchant.id, changed)
      }
      for (const index of residents.planned) {
        const care = residents.careAt(index, now.lifeMs)
        const isNews = care !== residents.careAt(index, from.lifeMs)
        if (isNews || residents.reports(index, from.lifeMs, now.lifeMs))
          patch('residents', community.residents[index]?.id ?? '', { care })
      }
      for (const each of cases.reportedIn(from.lifeMs - LONGEST_CASE_MS, now.lifeMs)) {
        for (const [index, step] of each.steps.entries()) {
          if (step.atLifeMs > from.lifeMs && step.atLifeMs <= now.lifeMs) entries.push(caseEntry(each, step, index === 0))
        }
      }
      // In the order in which it happened; a case's own steps stay in theirs.
      return entries.toSorted((a, b) => a.observedAt - b.observedAt)
    },
  }
}

function differing<T extends { readonly [K in keyof T]: FieldValue }>(before: T, after: T): Fields | null {
  const changed = Object.entries<FieldValue>(after).filter(([name, value]) => before[name as keyof T] !== value)
  return changed.length === 0 ? null : Object.fromEntries(changed)
}
