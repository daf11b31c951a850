import type { IncomingMessage } from 'node:http'

export type BodyOutcome =
  | { readonly ok: true; readonly bytes: Buffer }
  | { readonly ok: false; readonly code: 'too_large' | 'aborted' }

/** The whole body, or why not. Reads no more than `maxBytes`; `onChunk` may give up early by returning false (`too_large`). */
export async function readBody(
  request: IncomingMessage,
  maxBytes: number,
  onChunk: (chunk: Buffer) => boolean = () => true,
): Promise<BodyOutcome> {
  const declared = Number(request.headers['content-length'] ?? 0)
  if (declared > maxBytes) return { ok: false, code: 'too_large' }
  const chunks: Buffer[] = []
  let length = 0
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      length += chunk.length
      if (length > maxBytes || !onChunk(chunk)) return { ok: false, code: 'too_large' }
      chunks.push(chunk)
    }
  } catch {
    return { ok: false, code: 'aborted' } // The client went away in the middle; there is nobody left to answer.
  }
  return { ok: true, bytes: Buffer.concat(chunks, length) }
}

/** The media type of a request without its parameters, in lower case; empty when it has none. */
export const mediaType = (request: Pick<IncomingMessage, 'headers'>): string =>
  (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
