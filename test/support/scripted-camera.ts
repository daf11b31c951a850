import { once } from 'node:events'
import { createServer, type AddressInfo, type Socket } from 'node:net'

/** A camera that answers each RTSP request with what a script says, and counts who connected. */
export interface ScriptedCamera {
  readonly port: number
  readonly connections: Socket[]
  readonly requests: string[]
  close(): Promise<void>
}

/** @param answerTo status line, further header lines and body for a request's method; null stays silent */
export async function scriptCamera(
  answerTo: (method: string) => { status: string; headers?: readonly string[]; body?: string } | null,
): Promise<ScriptedCamera> {
  const connections: Socket[] = []
  const requests: string[] = []
  const server = createServer((socket) => {
    connections.push(socket)
    let input = ''
    socket.on('error', () => socket.destroy())
    socket.on('data', (chunk) => {
      input += chunk.toString('latin1')
      for (let end = input.indexOf('\r\n\r\n'); end >= 0; end = input.indexOf('\r\n\r\n')) {
        const head = input.slice(0, end)
        input = input.slice(end + 4)
        requests.push(head)
        const answer = answerTo(head.split(' ', 1)[0] ?? '')
        if (answer === null) continue
        const { status, headers = [], body = '' } = answer
        const cseq = /\r\nCSeq: (\d+)/i.exec(head)?.[1] ?? '0'
        const lines = [`RTSP/1.0 ${status}`, `CSeq: ${cseq}`, ...headers, `Content-Length: ${body.length}`]
        socket.write(`${lines.join('\r\n')}\r\n\r\n${body}`)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    port: (server.address() as AddressInfo).port,
    connections,
    requests,
    async close() {
      const closed = once(server, 'close')
      server.close()
      for (const socket of connections) socket.destroy()
      await closed
    },
  }
}
