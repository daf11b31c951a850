import { WebSocket } from 'ws'

import { createAckHabit } from '../../client/connection/ack-habit.ts'

/** How to behave: our stream or bare messages, with or without acknowledgements, or plain Socket.IO. */
export type Kind = 'live' | 'live-ack' | 'raw' | 'raw-ack' | 'plain'

export interface Start {
  readonly type: 'start'
  readonly kind: Kind
  readonly url: string
  readonly clients: number
}
export type FromClients =
  | { readonly type: 'ready' }
  | { readonly type: 'report'; readonly messages: number; readonly latenciesMs: readonly number[] }

/** One in this many clients tells latencies; reading the text of all would cost more than receiving it. */
const LATENCY_EACH = 25
const AT = /"at":"([^"]+)"/

let messages = 0
let latenciesMs: number[] = []
let sockets: WebSocket[] = []
const clockMs = (): number => performance.timeOrigin + performance.now()
const tell = (message: FromClients): void => void process.send?.(message)

function connect({ kind, url }: Start, index: number): Promise<void> {
  const bare = kind === 'raw' || kind === 'raw-ack'
  const socket = new WebSocket(bare ? url : `${url}/socket.io/?EIO=4&transport=websocket`, { perMessageDeflate: false })
  sockets.push(socket)
  let seq = ''
  // As our own client does.
  const acks = createAckHabit()
  const tellApplied = (): void => {
    acks.told()
    socket.send(`42/live,["ack",{"seq":${seq}}]`)
  }
  const watched = index % LATENCY_EACH === 0
  return new Promise((resolve, reject) => {
    socket.on('error', reject)
    socket.on('close', (code) => reject(new Error(`client ${index} was closed (${code})`)))
    if (bare) socket.on('open', resolve)
    socket.on('message', (data: Buffer, isBinary) => {
      if (bare) {
        messages += 1
        seq = String(messages)
        if (watched) latenciesMs.push(clockMs() - data.readDoubleLE(0))
        if (kind === 'raw-ack' && acks.applied()) tellApplied()
        return
      }
      if (isBinary) return
      // '0' open, '2' ping, '4…' a packet of Socket.IO: 0 connected, 3 answer, 2 event, 51- event with an attachment.
      const head = data.toString('latin1', 0, 3)
      if (head[0] === '2') socket.send('3')
      else if (head[0] === '0') socket.send(kind === 'plain' ? '40' : '40/live,{"token":"bench"}')
      else if (head.startsWith('40')) {
        if (kind === 'plain') resolve()
        else socket.send('42/live,0["join",{"protocol":1,"layers":["workers"],"encoding":"columns"}]')
      } else if (head.startsWith('43')) resolve()
      else if (head === '451') {
        messages += 1
        const text = data.toString('latin1', 0, 160)
        if (watched) latenciesMs.push(clockMs() - Date.parse(AT.exec(text)?.[1] ?? ''))
        seq = /"toSeq":(\d+)/.exec(text)?.[1] ?? ''
        if (kind === 'live-ack' && acks.applied()) tellApplied()
      } else if (head === '42/') {
        if (kind === 'live-ack' && acks.beat()) tellApplied()
      } else if (kind === 'plain') messages += 1
    })
  })
}

process.on('message', (message: Start | { type: 'report' } | { type: 'stop' }) => {
  if (message.type === 'start') {
    messages = 0
    latenciesMs = []
    sockets = []
    const all = Array.from({ length: message.clients }, (_, index) => connect(message, index))
    void Promise.all(all).then(() => tell({ type: 'ready' }))
  } else if (message.type === 'report') {
    tell({ type: 'report', messages, latenciesMs })
    messages = 0
    latenciesMs = []
  } else {
    for (const socket of sockets) socket.terminate()
    process.exit(0)
  }
})
