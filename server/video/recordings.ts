import { readEntry, type Entry } from '../../shared/domain/entry.ts'
import { formatInstant } from '../../shared/domain/field.ts'
import { SERVER_SUBJECT_LAYER } from '../../shared/alarms/signals.ts'
import type { Audit } from '../accounts/audit.ts'
import type { CameraService } from './camera-service.ts'
import type { RecordingIndex } from './recording-index.ts'
import { RecordingKeeper } from './recording-keeper.ts'
import { repairRecordings } from './recording-repair.ts'
import type { VideoHub } from './video-hub.ts'

export interface RecordingsOptions {
  readonly index: RecordingIndex
  /** Folder of all recordings, the same that the hub was given. */
  readonly folder: string
  readonly hub: Pick<VideoHub, 'onRecording'>
  readonly cameras: Pick<CameraService, 'list'>
  /** Free bytes of the disk below which the oldest recordings go. */
  readonly floorBytes: number
  /** Records entries of the `alarms` layer. */
  readonly submit: (entries: readonly Entry[]) => Promise<unknown>
  readonly audit: Pick<Audit, 'record'>
  readonly now: () => number
  readonly log: (line: string) => void
}

export interface Recordings {
  /** Mends what a crash left, then listens and sweeps. Must resolve before the hub starts to record. */
  start(): Promise<void>
  /** After the hub has stopped: writes what it said last. */
  stop(): Promise<void>
}

/** Recordings of cameras that are registered no more are kept as long as the decree asks for. */
const OTHER_DAYS = 30
/** The alarm of the disk's floor; its own id each day, so that one that was acknowledged does not hide the next day's. */
const FLOOR_ALARM_KIND = 'recordings_floor'

/** The index of recordings kept in step with the recorders, for as long as the server runs. */
export function createRecordings(options: RecordingsOptions): Recordings {
  const { index, folder, hub, cameras, floorBytes, submit, audit, now, log } = options
  let stopListening: (() => void) | null = null

  const raise = async (isStuck: boolean): Promise<void> => {
    const at = formatInstant(now())
    const id = `${FLOOR_ALARM_KIND}-${at.slice(0, 10)}`
    const subject = { layer: SERVER_SUBJECT_LAYER, id: 'recordings' }
    // Recordings that go before their time are a duty that is missed; nothing left to go means that none is made any more.
    const fields = { kind: FLOOR_ALARM_KIND, priority: isStuck ? 1 : 2, subject, position: null, state: 'raised', raisedAt: at }
    const read = readEntry({ layer: 'alarms', id, op: 'put', observedAt: at, fields }, ['alarms'], now())
    if (read.ok) await submit([read.entry])
    else log(`the alarm of the disk's floor was refused: ${read.refusal.code}`)
  }
  let raisedOn = ''
  const keeper = new RecordingKeeper({
    index,
    folder,
    floorBytes,
    otherDays: OTHER_DAYS,
    now,
    log,
    recordDeletion: ({ cameraId, ...details }) =>
      audit.record({ actor: null, action: 'recording.delete', subject: `cameras/${cameraId}`, details }),
    async retention() {
      return new Map((await cameras.list()).map(({ id, retentionDays }) => [id, retentionDays]))
    },
    onFloor({ isStuck }) {
      const day = `${formatInstant(now()).slice(0, 10)}${isStuck ? ' stuck' : ''}`
      if (raisedOn === day) return
      raisedOn = day
      raise(isStuck).catch(() => log("the alarm of the disk's floor was not recorded"))
    },
  })
  return {
    async start() {
      const { closed, adopted, missing, empty } = await repairRecordings(folder, index, false)
      if (closed.length + adopted.length + missing.length + empty.length > 0) {
        log(
          `recordings mended: ${closed.length} closed, ${adopted.length} found, ${missing.length} missing, ${empty.length} empty`,
        )
      }
      stopListening = hub.onRecording((event) => keeper.heard(event))
      keeper.start()
    },
    async stop() {
      stopListening?.()
      await keeper.stop()
    },
  }
}
