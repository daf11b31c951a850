import { z } from 'zod'

/** `ok` with what the server answered, or why not: the field at fault and its words for the log. */
export type Sent<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string }

const refusalSchema = z.looseObject({ code: z.string(), message: z.string().optional(), field: z.string().optional() })

/** Sends bytes as they are: files are no JSON. Never throws. */
export async function sendFile<T>(
  method: 'POST' | 'PUT',
  path: string,
  body: Blob | string,
  schema: z.ZodType<T>,
): Promise<Sent<T>> {
  try {
    const response = await fetch(path, {
      method,
      credentials: 'same-origin',
      headers: { 'Content-Type': 'application/octet-stream' },
      body,
    })
    const answer: unknown = await response.json()
    if (response.ok) {
      const parsed = schema.safeParse(answer)
      return parsed.success ? { ok: true, value: parsed.data } : { ok: false, why: 'unexpected' }
    }
    const refusal = refusalSchema.safeParse(answer)
    return { ok: false, why: refusal.success ? (refusal.data.message ?? refusal.data.code) : 'unexpected' }
  } catch (cause) {
    return { ok: false, why: cause instanceof Error ? cause.message : 'unreachable' }
  }
}
