import type { Audit } from '../accounts/audit.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import type { ChangeLog } from '../journal/change-log.ts'
import type { RecordingIndex } from '../video/recording-index.ts'
import { createEvidence, type EvidenceOptions, type EvidenceService } from './evidence-service.ts'
import { evidenceVideo } from './evidence-video.ts'
import { readViewer } from './evidence-viewer.ts'
import { createHolds, type Holds } from './holds.ts'
import { createIncidents, type Incidents } from './incidents.ts'
import { startLogRetention } from './log-retention.ts'
import { openSiteKey } from './site-key.ts'

export interface ProofOptions {
  readonly handle: DatabaseHandle
  readonly log: ChangeLog
  readonly audit: Audit
  readonly dataDir: string
  /** Days of the log that are kept; 0: all of it. */
  readonly logKeptDays: number
  /** Where the build put the offline viewer. */
  readonly viewerDir: string
  readonly recordings: { readonly index: RecordingIndex; readonly folder: string }
  readonly site: EvidenceOptions['site']
  /** UTC milliseconds. */
  readonly now: () => number
  readonly fault: (what: string) => (cause: unknown) => void
}

/** What proves the past and keeps it: bundles, holds, incident files, and the retention of the log. */
export interface Proof {
  readonly evidence: EvidenceService
  readonly holds: Holds
  readonly incidents: Incidents
  stop(): Promise<void>
}

export function createProof(options: ProofOptions): Proof {
  const { handle, log, audit, dataDir, now, fault } = options
  const { db } = handle
  const key = openSiteKey(dataDir)
  const evidence = createEvidence({
    handle,
    log,
    key,
    extras: (request) => evidenceVideo(options.recordings, request),
    viewer: readViewer(options.viewerDir),
    site: options.site,
    dataDir,
    now,
    onFault: fault('an evidence bundle could not be made'),
  })
  const retention = startLogRetention({
    log,
    keptDays: options.logKeptDays,
    key,
    audit,
    now,
    onFault: fault('the log was not trimmed'),
  })
  return {
    evidence,
    holds: createHolds({ db, audit, now }),
    incidents: createIncidents({ db, log, audit, now }),
    async stop() {
      await evidence.stop()
      await retention.stop()
    },
  }
}
