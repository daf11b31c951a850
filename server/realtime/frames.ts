/** What one message of ours is as bytes on a WebSocket: one frame, or a text frame and its binary attachment's frame. */
export interface Message {
  /** Socket.IO's text packet, without the Engine.IO type. */
  readonly text: string
  readonly attachment: Buffer | null
  /** All frames in one piece, made once for every client that gets this message. */
  readonly framed: Buffer
  /** A message without attachment that is in the same piece, after this one. */
  readonly next: Message | null
}

const TEXT = 1
const BINARY = 2
/** Engine.IO's `message` packet type; binary packets have none on a WebSocket. */
const ENGINE_MESSAGE = '4'
const FIN = 0x80

/** The header of an unmasked, final WebSocket frame (RFC 6455, 5.2). */
function frameHeader(opcode: number, length: number): Buffer {
  if (length < 126) return Buffer.from([FIN | opcode, length])
  if (length < 65_536) return Buffer.from([FIN | opcode, 126, length >> 8, length & 0xff])
  const header = Buffer.alloc(10)
  header[0] = FIN | opcode
  header[1] = 127
  header.writeBigUInt64BE(BigInt(length), 2)
  return header
}

/**
 * A Socket.IO event packet of a namespace with its arguments as JSON text already. With an attachment, `json` holds its
 * placeholder and the attachment follows in a frame of its own, as the default parser expects.
 */
export function frameEvent(namespace: string, json: string, attachment: Buffer | null): Message {
  const text = attachment === null ? `2${namespace},${json}` : `51-${namespace},${json}`
  const body = Buffer.from(ENGINE_MESSAGE + text)
  const parts = [frameHeader(TEXT, body.length), body]
  if (attachment !== null) parts.push(frameHeader(BINARY, attachment.length), attachment)
  return { text, attachment, framed: Buffer.concat(parts), next: null }
}

/** Two messages in one piece: what a client gets at one time is one write, which is what fan-out costs. */
export function inOnePiece(first: Message, next: Message): Message {
  return { ...first, framed: Buffer.concat([first.framed, next.framed]), next }
}
