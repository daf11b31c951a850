import { z } from 'zod'
import { consentSchema, type Consent } from '../../shared/domain/consent.ts'
import { CAMERA_OWNER_KINDS, cameraFields } from '../../shared/domain/cameras.ts'
import { fieldSchema, ID_PATTERN, looksLikeIdentity, type Position } from '../../shared/domain/field.ts'
import { parseCameraUrl, resolveCamera, type CameraReach, type ResolveName } from './camera-address.ts'
import type { CameraSource } from './camera-report.ts'
import type { CameraVault } from './camera-vault.ts'
import { RECORDING_MODES, type RecordingMode } from './recording-events.ts'

/** A camera as it is stored. Urls are sealed by the vault; the rest is no secret. Times are Unix milliseconds. */
export interface CameraRow {
  readonly id: string
  readonly name: string
  readonly sealedUrl: string
  readonly sealedSubUrl: string | null
  readonly lng: number
  readonly lat: number
  readonly bearingDeg: number
  readonly fieldOfViewDeg: number
  readonly rangeMeters: number | null
  readonly ownerKind: (typeof CAMERA_OWNER_KINDS)[number]
  readonly enabled: boolean
  readonly recording: RecordingMode
  readonly retentionDays: number
  /** A public-security camera under State Council Decree 799: recorded always, kept at least 30 days. */
  readonly underDecree: boolean
  readonly consent: Consent | null
  readonly createdAtMs: number
  readonly changedAtMs: number
}

export interface CameraStore {
  list(): Promise<readonly CameraRow[]>
  find(id: string): Promise<CameraRow | null>
  /** False when the id is taken. */
  insert(row: CameraRow): Promise<boolean>
  /** False when there is no such camera. */
  update(row: CameraRow): Promise<boolean>
  /** False when there is no such camera. */
  remove(id: string): Promise<boolean>
}

const url = z.string().min(1).max(1024)
const facts = {
  name: fieldSchema(cameraFields.name) as z.ZodType<string>,
  position: fieldSchema(cameraFields.position) as z.ZodType<Position>,
  bearingDeg: z.number().min(0).max(360),
  fieldOfViewDeg: z.number().min(1).max(360),
  rangeMeters: z.number().min(1).max(2000).nullable(),
  ownerKind: z.enum(CAMERA_OWNER_KINDS),
  recording: z.enum(RECORDING_MODES),
  // An hour at least: a camera that keeps less is one that is not recorded.
  retentionDays: z
    .number()
    .min(1 / 24)
    .max(3650),
  underDecree: z.boolean(),
  consent: consentSchema.nullable(),
}

const DEFAULT_RETENTION_DAYS = 30

/** Body of `POST /api/cameras`. */
export const newCameraSchema = z.strictObject({
  ...facts,
  id: z
    .string()
    .regex(ID_PATTERN)
    .refine((id) => !looksLikeIdentity(id)),
  url,
  subUrl: url.nullable().default(null),
  rangeMeters: facts.rangeMeters.default(null),
  recording: facts.recording.default('never'),
  retentionDays: facts.retentionDays.default(DEFAULT_RETENTION_DAYS),
  underDecree: facts.underDecree.default(false),
  consent: facts.consent.default(null),
  enabled: z.boolean().default(true),
})
/** What is left out has its default. */
export type NewCamera = z.input<typeof newCameraSchema>

/** Body of `PATCH /api/cameras/:id`: what is left out stays; `subUrl: null` and `rangeMeters: null` take these away. */
export const cameraPatchSchema = z.strictObject({ ...facts, url, subUrl: url.nullable(), enabled: z.boolean() }).partial()
export type CameraPatch = z.infer<typeof cameraPatchSchema>

/** A camera as an admin sees it: everything but its urls, which are write only. */
export interface CameraView {
  readonly id: string
  readonly name: string
  readonly position: Position
  readonly bearingDeg: number
  readonly fieldOfViewDeg: number
  readonly rangeMeters: number | null
  readonly ownerKind: CameraRow['ownerKind']
  readonly enabled: boolean
  readonly recording: RecordingMode
  readonly retentionDays: number
  readonly underDecree: boolean
  readonly consent: Consent | null
  readonly hasSubStream: boolean
}

/** Why a camera was not taken. `bad_url`: not an rtsp address; `address_refused`: outside CAMERA_NETWORKS or its ports; `decree`: too little recording for its kind. */
export type RegistryRefusal =
  | { readonly code: 'exists' | 'unknown_camera' | 'decree' }
  | { readonly code: 'bad_url' | 'address_refused'; readonly field: 'url' | 'subUrl' }
export type RegistryResult<T> = { readonly ok: true; readonly value: T } | ({ readonly ok: false } & RegistryRefusal)

export interface CameraRegistryOptions {
  readonly store: CameraStore
  readonly vault: CameraVault
  readonly reach: CameraReach
  readonly resolve: ResolveName
  readonly now: () => number
}

/** The defined cameras. Urls go in and come out again only as a `CameraSource`, for the video hub. */
export class CameraRegistry {
  readonly #options: CameraRegistryOptions

  constructor(options: CameraRegistryOptions) {
    this.#options = options
  }

  async list(): Promise<readonly CameraView[]> {
    return (await this.#options.store.list()).map(viewOf)
  }

  async find(id: string): Promise<CameraView | null> {
    const row = await this.#options.store.find(id)
    return row === null ? null : viewOf(row)
  }

  /** What the hub needs of every camera. A url that the key no longer opens gives a source that can only be refused. */
  async sources(): Promise<readonly CameraSource[]> {
    return (await this.#options.store.list()).map((row) => this.#sourceOf(row))
  }

  async create(input: NewCamera): Promise<RegistryResult<{ view: CameraView; source: CameraSource }>> {
    const camera = newCameraSchema.parse(input)
    const refusal = decreeRefusal(camera) ?? (await this.#refusal(camera))
    if (refusal !== null) return { ok: false, ...refusal }
    const { url: address, subUrl, position, ...rest } = camera
    const nowMs = this.#options.now()
    const row: CameraRow = {
      ...rest,
      lng: position[0],
      lat: position[1],
      sealedUrl: this.#seal(camera.id, 'url', address),
      sealedSubUrl: subUrl === null ? null : this.#seal(camera.id, 'subUrl', subUrl),
      createdAtMs: nowMs,
      changedAtMs: nowMs,
    }
    if (!(await this.#options.store.insert(row))) return { ok: false, code: 'exists' }
    return { ok: true, value: { view: viewOf(row), source: this.#sourceOf(row) } }
  }

  async patch(id: string, patch: CameraPatch): Promise<RegistryResult<{ view: CameraView; source: CameraSource }>> {
    const { store, now } = this.#options
    const row = await store.find(id)
    if (row === null) return { ok: false, code: 'unknown_camera' }
    const refusal = decreeRefusal({ ...row, ...withoutUndefined(patch) }) ?? (await this.#refusal(patch))
    if (refusal !== null) return { ok: false, ...refusal }
    const { url: address, subUrl, position, ...rest } = patch
    const changed: CameraRow = {
      ...row,
      ...withoutUndefined(rest),
      ...(position === undefined ? {} : { lng: position[0], lat: position[1] }),
      ...(address === undefined ? {} : { sealedUrl: this.#seal(id, 'url', address) }),
      ...(subUrl === undefined ? {} : { sealedSubUrl: subUrl === null ? null : this.#seal(id, 'subUrl', subUrl) }),
      changedAtMs: now(),
    }
    if (!(await store.update(changed))) return { ok: false, code: 'unknown_camera' }
    return { ok: true, value: { view: viewOf(changed), source: this.#sourceOf(changed) } }
  }

  async remove(id: string): Promise<boolean> {
    return await this.#options.store.remove(id)
  }

  async #refusal(addresses: { url?: string | undefined; subUrl?: string | null | undefined }): Promise<RegistryRefusal | null> {
    for (const field of ['url', 'subUrl'] as const) {
      const text = addresses[field]
      if (text === undefined || text === null) continue
      const parsed = parseCameraUrl(text)
      if (!parsed.ok) return { code: 'bad_url', field }
      const resolved = await resolveCamera(parsed.url, this.#options.reach, this.#options.resolve)
      // A name that does not resolve today may tomorrow; the hub asks again at each attempt and says so on the tile.
      if (!resolved.ok && resolved.code !== 'unresolved') return { code: 'address_refused', field }
    }
    return null
  }

  #seal(id: string, field: 'url' | 'subUrl', text: string): string {
    return this.#options.vault.seal(text, `${id}/${field}`)
  }

  #sourceOf(row: CameraRow): CameraSource {
    const { vault } = this.#options
    const subUrl = row.sealedSubUrl === null ? null : vault.open(row.sealedSubUrl, `${row.id}/subUrl`)
    return {
      id: row.id,
      url: vault.open(row.sealedUrl, `${row.id}/url`) ?? '',
      subUrl,
      enabled: row.enabled,
      recording: row.recording,
    }
  }
}

/** State Council Decree 799, in force since 2025-04-01: public-security video is recorded and kept for at least 30 days. */
function decreeRefusal({
  underDecree,
  recording,
  retentionDays,
}: Pick<CameraRow, 'underDecree' | 'recording' | 'retentionDays'>): RegistryRefusal | null {
  return underDecree && (recording !== 'always' || retentionDays < DECREE_DAYS) ? { code: 'decree' } : null
}
const DECREE_DAYS = 30

function withoutUndefined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>
  }
}

function viewOf(row: CameraRow): CameraView {
  const { lng, lat, sealedUrl: _url, sealedSubUrl, createdAtMs: _created, changedAtMs: _changed, ...rest } = row
  return { ...rest, position: [lng, lat], hasSubStream: sealedSubUrl !== null }
}
