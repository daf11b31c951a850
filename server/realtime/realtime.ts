import type { Server as HttpServer, IncomingMessage } from 'node:http'

import type { AnalysisProgress } from '../../shared/protocol/progress.ts'
import { createHub } from './hub.ts'
import { createLiveServer } from './live-server.ts'
import type { AuthenticateLive, LiveSource } from './live-source.ts'
import { createSnapshotService, type SnapshotService } from './snapshot-service.ts'

export interface RealtimeOptions {
  readonly httpServer: HttpServer
  readonly source: LiveSource
  /** Random id made with the log; unchanged by a restart, new after a restore. */
  readonly epoch: string
  /**
   * The seq of the last change that is older than an hour, from the log, so that clients resume over a restart; null when
   * nobody looked it up: then only removals that the world still remembers tell.
   */
  readonly resumeFloorSeq: number | null
  readonly authenticate: AuthenticateLive
  /** Whether a handshake's Origin is ours, or it has none. */
  readonly originAllowed: (request: IncomingMessage) => boolean
  /** UTC milliseconds. */
  readonly now: () => number
  /** The snapshot thread died: the process must end and start again. */
  readonly onBroken: (cause: unknown) => void
}

/** The live stream: `/live` on the HTTP server, and snapshots for the HTTP routes. */
export interface Realtime {
  readonly snapshots: SnapshotService
  /** Sockets connected to `/live`, and those of them that joined. */
  readonly counts: { readonly connected: number; readonly joined: number }
  /** A session, device or token ended, or its role changed: its sockets close at once. */
  close(principalKey: string): void
  /** How far an analysis is that this session, device or token asked for. */
  tell(principalKey: string, progress: AnalysisProgress): void
  stop(): Promise<void>
}

export function createRealtime(options: RealtimeOptions): Realtime {
  const { source, epoch, now } = options
  const snapshots = createSnapshotService({ source, epoch, onBroken: options.onBroken })
  const hub = createHub({
    source,
    epoch,
    now,
    monotonic: () => performance.now(),
    resumeFloorSeq: options.resumeFloorSeq,
    onTick: snapshots.follow,
  })
  const { httpServer, authenticate, originAllowed } = options
  const server = createLiveServer({ httpServer, hub, authenticate, originAllowed, now })
  return {
    snapshots,
    get counts() {
      return { connected: server.connected, joined: hub.joined }
    },
    close: server.close,
    tell: server.tell,
    async stop() {
      await server.stop()
      hub.stop()
      await snapshots.stop()
    },
  }
}
