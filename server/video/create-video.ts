import type { PullWay } from './camera-pull.ts'
import { join } from 'node:path'
import type { Entry } from '../../shared/domain/entry.ts'
import { recordOf } from '../../shared/world/world.ts'
import type { Accounts } from '../accounts/accounts.ts'
import { createAvailabilityStore } from '../database/availability.ts'
import { createCameraStore } from '../database/cameras.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import { createRecordingIndex } from '../database/recordings.ts'
import type { WorldWriter } from '../world/world-writer.ts'
import { cameraViews, createAlarmWatch } from './alarm-watch.ts'
import { AvailabilityBook, type AvailabilityStore } from './availability.ts'
import { parseNetworks, parsePorts, resolveBySystem } from './camera-address.ts'
import { CameraRegistry } from './camera-registry.ts'
import { createCameraService, type CameraService } from './camera-service.ts'
import { openCameraVault } from './camera-vault.ts'
import type { SnapshotResult } from './hub-protocol.ts'
import type { RecordingIndex } from './recording-index.ts'
import { createLiveLooks, type LiveLooks } from './live-looks.ts'
import { recordedStill } from './recording-still.ts'
import { createRecordings } from './recordings.ts'
import { createVideoHub, type VideoHub } from './video-hub.ts'
import { createViewingReasons, type ViewingReasons } from './viewing-reasons.ts'

export interface VideoOptions {
  readonly db: DatabaseHandle['db']
  readonly dataDir: string
  /** Null when the machine has no ffmpeg. */
  readonly ffmpegPath: string | null
  /** Left out: `native`. */
  readonly pull?: PullWay
  readonly networks: readonly string[]
  readonly ports: string
  readonly recordingFloorBytes: number
  readonly writer: Pick<WorldWriter, 'live' | 'submit' | 'onCommitted'>
  readonly accounts: Pick<Accounts, 'audit' | 'onEnded'>
  /** UTC milliseconds. */
  readonly now: () => number
  readonly log: (line: string) => void
}

/** Everything about cameras on the server's side: registry, pulls, health, recordings and why somebody looks at them. */
export interface Video {
  readonly hub: VideoHub
  readonly cameras: CameraService
  readonly recordings: {
    readonly index: RecordingIndex
    /** Folder of all recordings. */
    readonly folder: string
    readonly reasons: ViewingReasons
    readonly stillAt: (cameraId: string, atMs: number) => Promise<SnapshotResult>
  }
  readonly availability: AvailabilityStore
  readonly looks: LiveLooks
  /** Mends what a crash left of recordings, then begins every camera. */
  start(): Promise<void>
  /** Ends every camera; resolves when what was recorded is in its files and its index. */
  stop(): Promise<void>
}

export function createVideo(options: VideoOptions): Video {
  const { db, dataDir, ffmpegPath, pull = 'native', ports, recordingFloorBytes, writer, accounts, now, log } = options
  const networks = options.networks.join(',')
  const folder = join(dataDir, 'recordings')
  const submit = (entries: readonly Entry[]): Promise<unknown> => writer.submit({ entries })
  const hub = createVideoHub({ ffmpegPath, pull, networks, ports, dataDir, recordingsDir: folder, now, log })
  const alarmWatch = createAlarmWatch({ hub, cameras: () => cameraViews(writer.live) })
  const registry = new CameraRegistry({
    store: createCameraStore(db),
    vault: openCameraVault(join(dataDir, 'keys', 'camera.key')),
    reach: { networks: parseNetworks(networks) ?? [], ports: parsePorts(ports) ?? [] },
    resolve: resolveBySystem,
    now,
  })
  const cameras = createCameraService({
    registry,
    hub,
    recordOf: (id) => recordOf(writer.live, 'cameras', id)?.fields ?? null,
    submit,
    alarmAtMs: alarmWatch.alarmAtMs,
    now,
    log,
  })
  const index = createRecordingIndex(db)
  const recordings = createRecordings({
    index,
    folder,
    hub,
    cameras,
    floorBytes: recordingFloorBytes,
    submit,
    audit: accounts.audit,
    now,
    log,
  })
  const reasons = createViewingReasons(accounts.audit, accounts.onEnded)
  const looks = createLiveLooks(accounts.audit, accounts.onEnded, now, () => log('who watches a camera was not recorded'))
  const availability = createAvailabilityStore(db)
  const book = new AvailabilityBook(availability, () => log('the availability of cameras was not written'))
  let stopWatching: (() => void) | null = null
  let stopCounting: (() => void) | null = null
  return {
    hub,
    cameras,
    availability,
    looks,
    recordings: { index, folder, reasons, stillAt: (id, atMs) => recordedStill({ index, folder, ffmpegPath }, id, atMs) },
    async start() {
      stopWatching = writer.onCommitted((_changes, _recordedAt, effective) => alarmWatch.heard(effective))
      stopCounting = hub.onReport((report) => book.heard(report))
      await recordings.start()
      await cameras.start()
      await hub.start()
    },
    async stop() {
      stopWatching?.()
      stopCounting?.()
      cameras.stop()
      await book.flush()
      await hub.stop()
      // Last: the hub says what became of its recordings while it ends.
      await recordings.stop()
      reasons.stop()
      looks.stop()
    },
  }
}
