import { createHash, randomUUID } from 'node:crypto'
import { Worker } from 'node:worker_threads'
import { deflateRawSync, inflateRawSync } from 'node:zlib'

import { z } from 'zod'

import { importProfileSchema, type CoordinateSystem, type ImportProfile } from '../../shared/hotspot/import/profile.ts'
import { outlineSchema, type Outline } from '../../shared/hotspot/outline.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import {
  datasetBlocks,
  datasetById,
  deleteDataset,
  deleteImport,
  importReport,
  insertDataset,
  insertImport,
  keepBases,
  keepProfile,
  listBases,
  listDatasets,
  listImports,
  profileOf,
} from '../database/hotspots.ts'
import { readBases, type BuildingPlace } from './base-file.ts'
import { columnsFrom, type CaseColumns } from './case-columns.ts'
import { COMMUNITY } from './community-study.ts'
import type { ImportJob, ImportReply, ImportSummary } from './import/import-messages.ts'
import type { BasePoints, WorkerDataset } from './worker-messages.ts'

/** A dataset as screens see it. */
export interface Dataset {
  readonly id: string
  readonly name: string
  readonly timeZone: string
  readonly outline: Outline
  readonly imports: readonly DatasetImport[]
  readonly bases: readonly { kind: string; places: number; total: number }[]
}

export interface DatasetImport {
  readonly id: string
  readonly fileName: string
  readonly takenAt: number
  readonly rows: number
  readonly cases: number
  readonly refused: number
  readonly merged: number
  readonly flags: unknown
  readonly fromMs: number | null
  readonly toMs: number | null
}

export interface NewDataset {
  readonly name: string
  readonly timeZone: string
  readonly outline: Outline
}

/** Stands for a dataset that is not made yet: a file can be looked through for it, to draw its outline by. */
const NEW_DATASET = 'new'

export interface ImportRequest {
  readonly datasetId: string
  /** The zone of a dataset that is not made yet. */
  readonly timeZone: string
  readonly fileName: string
  readonly bytes: Uint8Array
  readonly profile: ImportProfile | null
  readonly dryRun: boolean
  /** The user's id. */
  readonly by: string
}

export type ImportResult =
  | { readonly ok: true; readonly summary: ImportSummary; readonly importId: string | null }
  | { readonly ok: false; readonly code: 'not_found' | 'busy' | 'taken_before'; readonly detail: string }
  | { readonly ok: false; readonly code: 'bad_file' | 'bad_profile'; readonly detail: string }

/** The kinds of denominators that are imported. */
export const BASE_KINDS = ['households', 'ebikes'] as const
export type BaseKind = (typeof BASE_KINDS)[number]

/** A file of denominators: places in a coordinate system, or the community's buildings by id or name. */
export interface BaseFile {
  readonly bytes: Uint8Array
  readonly system: CoordinateSystem
  readonly buildingPlace: BuildingPlace
}

export interface Datasets {
  list(): Promise<Dataset[]>
  find(id: string): Promise<Dataset | null>
  create(dataset: NewDataset, by: string): Promise<Dataset>
  remove(id: string): Promise<boolean>
  import(request: ImportRequest): Promise<ImportResult>
  /** Undoes an import: its cases are gone as if they had never been taken. */
  undo(datasetId: string, importId: string): Promise<boolean>
  /** Gzipped CSV. */
  report(importId: string): Promise<Uint8Array | null>
  setBases(
    datasetId: string,
    kind: BaseKind,
    file: BaseFile,
  ): Promise<{ ok: true; places: number; total: number } | { ok: false; detail: string }>
  basesOf(datasetId: string): Promise<Record<string, BasePoints>>
  /** The cases of a dataset with all that an analysis needs; the key tells one state of it from the next. */
  keyOf(id: string): Promise<string | null>
  load(key: string): Promise<WorkerDataset | null>
  columns(id: string): Promise<CaseColumns>
}

const basesSchema = z.array(z.tuple([z.number(), z.number(), z.number()]))
/** Datasets of past cases in the database. @param now UTC milliseconds */
export function createDatasets({ db }: Pick<DatabaseHandle, 'db'>, now: () => number): Datasets {
  let importing = false

  const present = async (row: { id: string; name: string; timeZone: string; outline: string }): Promise<Dataset> => {
    const imports = await listImports(db, row.id)
    const bases = await listBases(db, row.id)
    return {
      id: row.id,
      name: row.name,
      timeZone: row.timeZone,
      outline: outlineSchema.parse(JSON.parse(row.outline)),
      imports: imports.map(({ id, fileName, takenAt, rows, cases, refused, merged, flags, fromMs, toMs }) => ({
        id,
        fileName,
        takenAt,
        rows,
        cases,
        refused,
        merged,
        flags: JSON.parse(flags) as unknown,
        fromMs,
        toMs,
      })),
      bases: bases.map(({ kind, places, total }) => ({ kind, places, total })),
    }
  }

  const take = async (request: ImportRequest, timeZone: string): Promise<ImportResult> => {
    const { datasetId, bytes, profile, dryRun } = request
    const fileHash = createHash('sha256').update(bytes).digest('hex')
    if ((await listImports(db, datasetId)).some((one) => one.fileHash === fileHash)) {
      return { ok: false, code: 'taken_before', detail: 'this very file is in the dataset already' }
    }
    const known = columnsFrom(await datasetBlocks(db, datasetId)).idHash
    const job: ImportJob = { bytes, dryRun, profile, remembered: {}, timeZone, nowMs: now(), knownIds: known }
    let reply = await runImport(job)
    if (reply.type === 'dry' && profile === null) {
      // The shape of the file is known only after reading it: looked through again with what is remembered of it.
      const kept = await profileOf(db, reply.summary.signature)
      const parsed = kept === null ? null : importProfileSchema.safeParse(JSON.parse(kept))
      if (parsed?.success === true) reply = await runImport({ ...job, remembered: { [reply.summary.signature]: parsed.data } })
    }
    if (reply.type === 'refused') return { ok: false, code: 'bad_file', detail: `${reply.code}: ${reply.detail}` }
    const { summary } = reply
    if (reply.type === 'dry') {
      if (!dryRun) return { ok: false, code: 'bad_profile', detail: summary.problems.join(', ') }
      return { ok: true, summary, importId: null }
    }
    const id = randomUUID()
    await insertImport(
      db,
      {
        id,
        datasetId,
        fileName: request.fileName,
        fileHash,
        profile: JSON.stringify(summary.profile),
        takenAt: now(),
        takenBy: request.by,
        rows: summary.rows,
        cases: summary.cases,
        refused: summary.refused,
        merged: summary.merged,
        flags: JSON.stringify(summary.flags),
        fromMs: summary.fromMs,
        toMs: summary.toMs,
        report: reply.report,
      },
      reply.blocks,
    )
    await keepProfile(db, summary.signature, JSON.stringify(summary.profile), now())
    return { ok: true, summary, importId: id }
  }

  const basesOf = async (datasetId: string): Promise<Record<string, BasePoints>> => {
    const found: Record<string, BasePoints> = {}
    for (const { kind, body } of await listBases(db, datasetId)) {
      const places = basesSchema.parse(JSON.parse(inflateRawSync(body).toString('utf8')))
      found[kind] = {
        lng: Float64Array.from(places, ([lng]) => lng),
        lat: Float64Array.from(places, ([, lat]) => lat),
        value: Float64Array.from(places, ([, , value]) => value),
      }
    }
    return found
  }

  return {
    list: async () => Promise.all((await listDatasets(db)).map(present)),
    async find(id) {
      const row = await datasetById(db, id)
      return row === undefined ? null : present(row)
    },
    async create({ name, timeZone, outline }, by) {
      const row = { id: randomUUID(), name, timeZone, outline: JSON.stringify(outline), createdAt: now(), createdBy: by }
      await insertDataset(db, row)
      return present(row)
    },
    remove: (id) => deleteDataset(db, id),
    async import(request) {
      const isNew = request.datasetId === NEW_DATASET && request.dryRun
      const dataset = isNew ? { timeZone: request.timeZone } : await datasetById(db, request.datasetId)
      if (dataset === undefined) return { ok: false, code: 'not_found', detail: 'no such dataset' }
      if (importing) return { ok: false, code: 'busy', detail: 'another file is being read' }
      importing = true
      try {
        return await take(request, dataset.timeZone)
      } finally {
        importing = false
      }
    },
    undo: (datasetId, importId) => deleteImport(db, datasetId, importId),
    report: (importId) => importReport(db, importId),
    async setBases(datasetId, kind, { bytes, system, buildingPlace }) {
      const read = await readBases(bytes, system, datasetId === COMMUNITY ? buildingPlace : () => null)
      if (!read.ok) return read
      const { places } = read
      const total = places.reduce((sum, [, , one]) => sum + one, 0)
      await keepBases(db, {
        datasetId,
        kind,
        places: places.length,
        total,
        changedAt: now(),
        body: deflateRawSync(JSON.stringify(places)),
      })
      return { ok: true, places: places.length, total }
    },
    basesOf,
    async keyOf(id) {
      if ((await datasetById(db, id)) === undefined) return null
      const parts = [
        ...(await listImports(db, id)).map((one) => one.id),
        ...(await listBases(db, id)).map(({ kind, changedAt }) => `${kind}@${changedAt}`),
      ]
      return `${id} ${createHash('sha256').update(parts.join(' ')).digest('hex').slice(0, 16)}`
    },
    async load(key) {
      const id = key.split(' ')[0] ?? ''
      if ((await datasetById(db, id)) === undefined) return null
      return { key, columns: await datasetBlocks(db, id), bases: await basesOf(id), names: [] }
    },
    columns: async (id) => columnsFrom(await datasetBlocks(db, id)),
  }
}

/** Reads a file in a thread of its own: a large spreadsheet takes seconds and memory, and may be hostile. */
function runImport(job: ImportJob): Promise<ImportReply> {
  return new Promise((done, failed) => {
    const worker = new Worker(new URL('./import/import-worker.ts', import.meta.url), {
      workerData: job,
      resourceLimits: { maxOldGenerationSizeMb: 2048 },
    })
    worker.once('message', (reply: ImportReply) => done(reply))
    worker.once('error', (cause) => {
      const spent = (cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY'
      if (spent) done({ type: 'refused', code: 'too_large', detail: 'the sheet needs more memory than an import may take' })
      else failed(cause)
    })
    worker.once('exit', (code) => {
      if (code !== 0) failed(new Error(`the import ended with ${code}`))
    })
  })
}
