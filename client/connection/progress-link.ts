import { io, type Socket } from 'socket.io-client'

import { LIVE_NAMESPACE, type ClientToServer, type ServerToClient } from '../../shared/protocol/live-events.ts'
import { progressSchema, type AnalysisProgress } from '../../shared/protocol/progress.ts'

/**
 * Hears how far analyses are that this page's session asked for. Joins no layer. Without a socket nothing is lost but the
 * bar: the answer comes by HTTP. Returns the way to stop.
 */
export function listenForProgress(origin: string, onProgress: (progress: AnalysisProgress) => void): () => void {
  const socket: Socket<ServerToClient, ClientToServer> = io(origin + LIVE_NAMESPACE, {
    transports: ['websocket'],
    forceNew: true,
  })
  socket.on('progress', (told) => {
    const parsed = progressSchema.safeParse(told)
    if (parsed.success) onProgress(parsed.data)
  })
  return () => socket.disconnect()
}
