import { randomUUID } from 'node:crypto'

import type { AnswerParameters } from '../../shared/hotspot/answer.ts'
import { interventionSchema, type Intervention } from '../../shared/hotspot/intervention.ts'
import type { Outline } from '../../shared/hotspot/outline.ts'
import { layerOf, type World } from '../../shared/world/world.ts'
import type { WorldWriter } from '../world/world-writer.ts'
import { deleteIntervention, insertIntervention, keepAction, listActions, listInterventions } from '../database/hotspots.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { Site } from '../site/site-folder.ts'
import { createAnalysisService, type AnswerOutcome, type AskOptions, type EffectOutcome } from './analysis-service.ts'
import { COMMUNITY, PATROLS, communityDataset, communityNames, communityOutline } from './community-study.ts'
import type { BuildingPlace } from './base-file.ts'
import { createDatasets, type Datasets } from './datasets.ts'
import { createPatrols } from './patrols.ts'
import type { WorkerDataset } from './worker-messages.ts'

/** How long the community's cases are taken as they were: a review looks at weeks, and the cache lives on it. */
const COMMUNITY_FRESH_MS = 30_000
/** The same while cases come or go: a source that tells its past is not reviewed by the half of it. */
const CHANGED_FRESH_MS = 2_000

/** What of a dataset a question needs. */
export interface Study {
  readonly id: string
  readonly name: string | null
  readonly timeZone: string
  readonly outline: Outline
  readonly rates: readonly string[]
}

/** What the office decided about a hot place. */
export interface PlaceAction {
  readonly place: string
  readonly owner: string
  readonly action: string
  readonly dueOn: string | null
}

export interface Hotspots {
  readonly datasets: Datasets
  /** Where a building of the community stands. */
  readonly buildingPlace: BuildingPlace
  study(id: string): Promise<Study | null>
  /** The categories of a dataset with their number of cases, most first, and the days that its cases cover. */
  overview(
    id: string,
  ): Promise<{ categories: { name: string; count: number }[]; fromMs: number | null; toMs: number | null } | null>
  analyse(study: Study, parameters: AnswerParameters, seesSmallCells: boolean, options: AskOptions): Promise<AnswerOutcome>
  cell(
    study: Study,
    parameters: AnswerParameters,
    cell: string,
    seesSmallCells: boolean,
    options: AskOptions,
  ): Promise<AnswerOutcome>
  effect(study: Study, intervention: Intervention, options: AskOptions): Promise<EffectOutcome>
  interventions(datasetId: string): Promise<{ id: string; intervention: Intervention }[]>
  addIntervention(datasetId: string, intervention: Intervention, by: string): Promise<string>
  removeIntervention(id: string): Promise<boolean>
  actions(datasetId: string): Promise<PlaceAction[]>
  setAction(datasetId: string, action: PlaceAction, by: string): Promise<void>
  stop(): Promise<void>
}

export interface HotspotsOptions {
  readonly db: DatabaseHandle['db']
  readonly world: World
  /** The site; null while there is none. */
  readonly site: () => Site | null
  /** UTC milliseconds. */
  readonly now: () => number
  readonly onFault: (cause: unknown) => void
  /** Durable changes, for patrols; absent: none are counted. */
  readonly onCommitted?: WorldWriter['onCommitted']
}

/** Everything of `/hotspots` behind its routes: datasets, analyses in their own thread, interventions and actions. */
export function createHotspots({ db, world, site, now, onFault, onCommitted }: HotspotsOptions): Hotspots {
  const patrols = createPatrols({ db, timeZone: () => site()?.manifest.timeZone ?? 'Asia/Shanghai', now, onFault })
  const endWatching = onCommitted?.((changes) => patrols.observe(changes))
  const datasets = createDatasets({ db }, now)
  let community: {
    readonly atMs: number
    readonly seq: number
    readonly records: number
    readonly print: string
    readonly dataset: WorkerDataset
  } | null = null

  /** The community's cases, at most half a minute old; the same key as long as they are the same. */
  const communityNow = async (): Promise<typeof community> => {
    const records = layerOf(world, 'cases').records.size
    if (community !== null) {
      const freshMs = community.records === records ? COMMUNITY_FRESH_MS : CHANGED_FRESH_MS
      if (now() - community.atMs < freshMs) return community
    }
    const seq = world.seq
    const made = communityDataset(world, site(), `${COMMUNITY} ${seq}`)
    if (made === null) return null
    const visits = await patrols.points()
    const bases = { ...made.bases, ...(await datasets.basesOf(COMMUNITY)), ...(visits === null ? {} : { [PATROLS]: visits }) }
    const dataset = { ...made, bases }
    const { columns } = dataset
    const print = JSON.stringify([
      'lng' in columns
        ? [
            columns.lng.length,
            sumOf(columns.lng),
            sumOf(columns.lat),
            sumOf(columns.timeMs),
            sumOf(columns.category),
            columns.categories,
          ]
        : 0,
      Object.entries(bases).map(([kind, { value }]) => [kind, sumOf(value)]),
    ])
    community =
      community?.print === print ? { ...community, atMs: now(), records } : { atMs: now(), seq, records, print, dataset }
    return community
  }

  const service = createAnalysisService({
    onBroken: onFault,
    async loadDataset(key) {
      if (key.startsWith(`${COMMUNITY} `)) return community?.dataset.key === key ? community.dataset : null
      const dataset = await datasets.load(key)
      // Past cases of the community itself are imported too: the same names, where they are near.
      return dataset === null ? null : { ...dataset, names: communityNames(site()) }
    },
  })

  const stateOf = async (id: string): Promise<{ key: string; seq: number | null } | null> => {
    if (id !== COMMUNITY) {
      const key = await datasets.keyOf(id)
      return key === null ? null : { key, seq: null }
    }
    const made = await communityNow()
    return made === null ? null : { key: made.dataset.key, seq: made.seq }
  }
  const gone = { ok: false, why: { code: 'no_such_dataset' } } as const

  return {
    datasets,
    buildingPlace(idOrName) {
      const { records } = layerOf(world, 'buildings')
      const placeOf = (fields: Readonly<Record<string, unknown>>): readonly [number, number] | null =>
        Array.isArray(fields['position']) ? [Number(fields['position'][0]), Number(fields['position'][1])] : null
      const byId = records.get(idOrName)
      if (byId !== undefined) return placeOf(byId.fields)
      const [named, ...others] = [...records.values()].filter(({ fields }) => fields['name'] === idOrName)
      return named === undefined || others.length > 0 ? null : placeOf(named.fields)
    },
    async study(id) {
      if (id === COMMUNITY) {
        const outline = communityOutline(site())
        if (outline === null) return null
        const rates = ['households', ...Object.keys(await datasets.basesOf(COMMUNITY)).filter((kind) => kind !== 'households')]
        if ((await patrols.points()) !== null) rates.push(PATROLS)
        return {
          id,
          name: site()?.manifest.name.zh ?? null,
          timeZone: site()?.manifest.timeZone ?? 'Asia/Shanghai',
          outline,
          rates,
        }
      }
      const dataset = await datasets.find(id)
      if (dataset === null) return null
      return {
        id,
        name: dataset.name,
        timeZone: dataset.timeZone,
        outline: dataset.outline,
        rates: dataset.bases.map(({ kind }) => kind),
      }
    },
    async overview(id) {
      const state = await stateOf(id)
      if (state === null) return null
      const columns = id === COMMUNITY ? community?.dataset.columns : await datasets.columns(id)
      if (columns === undefined || !('lng' in columns)) return null
      const counts = new Map<string, number>()
      let fromMs = Infinity
      let toMs = -Infinity
      for (let i = 0; i < columns.category.length; i++) {
        const name = columns.categories[columns.category[i] ?? 0] ?? ''
        counts.set(name, (counts.get(name) ?? 0) + 1)
        fromMs = Math.min(fromMs, columns.timeMs[i] ?? Infinity)
        toMs = Math.max(toMs, columns.timeMs[i] ?? -Infinity)
      }
      const categories = [...counts]
        .map(([name, count]) => ({ name, count }))
        .sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
      return { categories, fromMs: Number.isFinite(fromMs) ? fromMs : null, toMs: Number.isFinite(toMs) ? toMs : null }
    },
    async analyse(study, parameters, seesSmallCells, options) {
      const state = await stateOf(study.id)
      if (state === null) return gone
      return service.analyse({ dataset: state.key, seq: state.seq, parameters, outline: study.outline, seesSmallCells }, options)
    },
    async cell(study, parameters, cell, seesSmallCells, options) {
      const state = await stateOf(study.id)
      if (state === null) return gone
      return service.cell(
        { dataset: state.key, seq: state.seq, parameters, outline: study.outline, seesSmallCells, cell },
        options,
      )
    },
    async effect(study, intervention, options) {
      const state = await stateOf(study.id)
      if (state === null) return gone
      return service.effect({ dataset: state.key, timeZone: study.timeZone, intervention }, options)
    },
    async interventions(datasetId) {
      const rows = await listInterventions(db, datasetId)
      return rows.map(({ id, intervention }) => ({ id, intervention: interventionSchema.parse(JSON.parse(intervention)) }))
    },
    async addIntervention(datasetId, intervention, by) {
      const id = randomUUID()
      await insertIntervention(db, { id, datasetId, intervention: JSON.stringify(intervention), createdAt: now(), createdBy: by })
      return id
    },
    removeIntervention: (id) => deleteIntervention(db, id),
    async actions(datasetId) {
      return (await listActions(db, datasetId)).map(({ place, owner, action, dueOn }) => ({ place, owner, action, dueOn }))
    },
    setAction: (datasetId, action, by) => keepAction(db, { datasetId, ...action, changedAt: now(), changedBy: by }),
    async stop() {
      endWatching?.()
      await patrols.stop()
      await service.stop()
    },
  }
}

function sumOf(values: ArrayLike<number>): number {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += (values[i] ?? 0) * ((i % 97) + 1)
  return sum
}
