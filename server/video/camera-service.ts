import { readEntry, type Entry } from '../../shared/domain/entry.ts'
import { formatInstant, type Fields } from '../../shared/domain/field.ts'
import { isAllowed, type CameraUse, type Consent } from '../../shared/domain/consent.ts'
import type { CameraPatch, CameraRegistry, CameraView, NewCamera, RegistryResult } from './camera-registry.ts'
import type { CameraReport } from './camera-report.ts'
import type { VideoHub } from './video-hub.ts'

export interface CameraServiceOptions {
  readonly registry: CameraRegistry
  readonly hub: VideoHub
  /** The record of a camera in the world now; null when it has none. */
  readonly recordOf: (cameraId: string) => Fields | null
  /** Records entries of the `cameras` layer; resolves when they are durable or refused. */
  readonly submit: (entries: readonly Entry[]) => Promise<unknown>
  /** When the last alarm near a camera was raised, Unix milliseconds; null or left out: none. */
  readonly alarmAtMs?: (cameraId: string) => number | null
  readonly now: () => number
  readonly log: (line: string) => void
}

/** Keeps three things in step: the registry of cameras, what the hub pulls, and the `cameras` layer of the world. */
export interface CameraService {
  /** Defines every registered camera in the hub and in the world, and begins to record health. The hub is started by its owner. */
  start(): Promise<void>
  stop(): void
  list(): Promise<readonly CameraView[]>
  find(id: string): Promise<CameraView | null>
  /** Whether the owner lets a camera be used so, now. An unknown camera has no owner to ask: its route says that it is unknown. */
  allows(cameraId: string, use: CameraUse): boolean
  create(camera: NewCamera): Promise<RegistryResult<CameraView>>
  patch(id: string, patch: CameraPatch): Promise<RegistryResult<CameraView>>
  /** False when there is no such camera. */
  remove(id: string): Promise<boolean>
}

export function createCameraService(options: CameraServiceOptions): CameraService {
  const { registry, hub, recordOf, submit, now, log, alarmAtMs = () => null } = options
  const consents = new Map<string, Consent | null>()
  let unsubscribe: (() => void) | null = null

  const record = async (line: { id: string; op: 'put' | 'patch' | 'remove'; observedAtMs: number; fields?: Fields }) => {
    const { observedAtMs, ...rest } = line
    const read = readEntry({ layer: 'cameras', ...rest, observedAt: formatInstant(observedAtMs) }, ['cameras'], now())
    if (read.ok) await submit([read.entry])
    else log(`camera ${line.id}: ${read.refusal.code} ${read.refusal.field ?? ''}`)
  }

  const put = async (view: CameraView): Promise<void> => {
    consents.set(view.id, view.consent)
    const before = recordOf(view.id)
    const facts = factsOf(view)
    const isSame = before !== null && Object.entries(facts).every(([name, value]) => isEqual(before[name], value))
    if (isSame) return
    if (before !== null) await record({ id: view.id, op: 'patch', observedAtMs: now(), fields: facts })
    else await record({ id: view.id, op: 'put', observedAtMs: now(), fields: { ...facts, ...beginning(view.enabled) } })
  }

  const onReport = (report: CameraReport): void => {
    const { cameraId, state, reason, fps, bitrateKbps, observedAtMs } = report
    if (recordOf(cameraId) === null) return
    record({ id: cameraId, op: 'patch', observedAtMs, fields: { state, reason, fps, bitrateKbps } }).catch((error: unknown) => {
      log(`camera ${cameraId}: health was not recorded: ${error instanceof Error ? error.name : 'unknown'}`)
    })
  }

  return {
    async start() {
      for (const view of await registry.list()) await put(view)
      unsubscribe = hub.onReport(onReport)
      for (const source of await registry.sources()) hub.define(source)
    },
    stop() {
      unsubscribe?.()
    },
    list: () => registry.list(),
    find: (id) => registry.find(id),
    allows: (cameraId, use) => isAllowed(consents.get(cameraId) ?? null, use, now(), alarmAtMs(cameraId)),
    async create(camera) {
      const made = await registry.create(camera)
      if (!made.ok) return made
      await put(made.value.view)
      hub.define(made.value.source)
      return { ok: true, value: made.value.view }
    },
    async patch(id, patch) {
      const changed = await registry.patch(id, patch)
      if (!changed.ok) return changed
      await put(changed.value.view)
      const concernsHub =
        patch.url !== undefined || patch.subUrl !== undefined || patch.enabled !== undefined || patch.recording !== undefined
      if (concernsHub) hub.define(changed.value.source)
      return { ok: true, value: changed.value.view }
    },
    async remove(id) {
      if (!(await registry.remove(id))) return false
      hub.remove(id)
      consents.delete(id)
      await record({ id, op: 'remove', observedAtMs: now() })
      return true
    },
  }
}

function factsOf({ name, ownerKind, position, bearingDeg, fieldOfViewDeg, rangeMeters }: CameraView): Fields {
  return { name, ownerKind, position, bearingDeg, fieldOfViewDeg, rangeMeters }
}

/** A camera that was never seen is offline until its first fragment proves otherwise. */
function beginning(enabled: boolean): Fields {
  return enabled ? { state: 'offline', reason: 'starting' } : { state: 'disabled', reason: 'switched_off' }
}

function isEqual(left: unknown, right: unknown): boolean {
  return JSON.stringify(left) === JSON.stringify(right)
}
