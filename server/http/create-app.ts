import { Readable } from 'node:stream'

import Router from '@koa/router'
import Koa, { type Context } from 'koa'

import { PROBLEM_STATUS, type ProblemCode } from '../../shared/protocol/problems.ts'
import type { Logger } from '../telemetry/logger.ts'
import { refusalOf } from './admit.ts'
import type { Authenticator } from './authenticator.ts'
import { mediaType, readBody } from './body.ts'
import type { ClientPages } from './client-pages.ts'
import { createClientAddress } from './client-address.ts'
import { problem, type Answer, type Route } from './route.ts'
import { securityHeaders } from './security-headers.ts'

/** JSON bodies are forms and lists, never data: ingest reads its own. */
const MAX_JSON_BYTES = 256 * 1024

export interface AppDependencies {
  /** Every route of the server, in one list. */
  readonly routes: readonly Route[]
  readonly authenticator: Authenticator
  readonly pages: ClientPages
  /** Whether browsers reach this server by HTTPS. */
  readonly secure: boolean
  readonly trustedProxies: readonly string[]
  readonly log: Logger
}

/** The HTTP application: one place where who may ask is decided, one where faults become answers. */
export function createApp({ routes, authenticator, pages, secure, trustedProxies, log }: AppDependencies): Koa {
  const app = new Koa()
  const router = new Router()
  const headers = securityHeaders(secure)
  const addressOf = createClientAddress(trustedProxies)

  const serve = (route: Route) => async (context: Context) => {
    const { req: raw } = context
    const principal = await authenticator.authenticate(raw)
    const hasBearer = raw.headers.authorization !== undefined
    const origin = authenticator.originOf(raw)
    const refusal = refusalOf(route.access, { method: context.method as Route['method'], principal, origin, hasBearer })
    if (refusal !== null) return send(context, refusal)
    const body = await bodyOf(route, context)
    if (!body.ok) return send(context, body.answer)
    const gone = new AbortController()
    context.res.once('close', () => gone.abort())
    const answer = await route.handler({
      principal,
      params: context['params'] as Record<string, string>,
      query: context.URL.searchParams,
      body: body.value,
      address: addressOf(raw),
      headers: raw.headers,
      signal: gone.signal,
      raw,
    })
    send(context, answer)
  }
  for (const route of routes) router.register(route.path, [route.method.toLowerCase()], serve(route))

  app.use(async (context, next) => {
    const startedAt = performance.now()
    context.set(headers)
    context.set('Cache-Control', 'no-store')
    try {
      await next()
    } catch (cause) {
      send(context, translate(cause, log))
    }
    if (!context.req.readableEnded) context.req.resume() // What is left of a refused body, so that the connection lives on.
    const ms = Math.round(performance.now() - startedAt)
    log.debug({
      method: context.method,
      route: (context['_matchedRoute'] as string | undefined) ?? null,
      status: context.status,
      ms,
    })
  })
  app.use(router.routes())
  app.use(async (context) => {
    if (context.body !== undefined && context.body !== null) return
    if (context.status !== 404) return
    const path = decoded(context.path)
    if (path === null) return send(context, problem('bad_request', 'not a path'))
    const others = new Set(routesAt(router, context.path))
    if (others.size > 0) {
      const allow = [...others].join(', ')
      return send(context, { ...problem('method_not_allowed', `this path has ${allow}`), headers: { Allow: allow } })
    }
    if (path.startsWith('/api/')) return send(context, problem('not_found', 'no such route'))
    if (context.method !== 'GET' && context.method !== 'HEAD') {
      return send(context, { ...problem('method_not_allowed', 'pages are read'), headers: { Allow: 'GET, HEAD' } })
    }
    send(context, await pages.serve(path, context.headers))
  })
  app.on('error', (cause: unknown) => {
    if (!isGone(cause)) log.error({ err: cause }, 'an answer broke off')
  })
  return app
}

function routesAt(router: Router, path: string): readonly string[] {
  return router.match(path, 'OPTIONS').path.flatMap((layer) => layer.methods)
}

async function bodyOf(route: Route, context: Context): Promise<{ ok: true; value: unknown } | { ok: false; answer: Answer }> {
  const { req: raw } = context
  const no = (answer: Answer) => ({ ok: false as const, answer })
  const hasBody = Number(raw.headers['content-length'] ?? 0) > 0 || raw.headers['transfer-encoding'] !== undefined
  if (route.access === 'source' || route.method === 'GET') return { ok: true, value: null }
  if (route.method === 'DELETE' && !hasBody && route.body === null) return { ok: true, value: null }
  // Files come as bytes; their routes read them from `raw` under bounds of their own.
  if (route.body === null && mediaType(raw) === 'application/octet-stream') return { ok: true, value: null }
  if (mediaType(raw) !== 'application/json') return no(problem('unsupported_type', 'the body is application/json'))
  const body = await readBody(raw, MAX_JSON_BYTES)
  if (!body.ok) return no(problem('too_large', `a body has at most ${MAX_JSON_BYTES} bytes`))
  let data: unknown
  try {
    data = body.bytes.length === 0 ? {} : JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body.bytes))
  } catch {
    return no(problem('bad_json', 'the body is not JSON in UTF-8'))
  }
  if (route.body === null) return { ok: true, value: null }
  const parsed = route.body.safeParse(data)
  if (parsed.success) return { ok: true, value: parsed.data }
  const issue = parsed.error.issues[0]
  const field = issue?.path.join('.') ?? ''
  return no(problem('bad_field', issue?.message ?? 'not valid', field === '' ? {} : { field }))
}

function send(context: Context, { status, body, headers, cookies }: Answer): void {
  context.status = status
  context.set(headers)
  for (const cookie of cookies) context.append('Set-Cookie', cookie)
  if (status === 304) return
  if (body instanceof Uint8Array || body instanceof Readable) {
    context.body = body instanceof Readable || Buffer.isBuffer(body) ? body : Buffer.from(body)
    if (headers['Content-Type'] === undefined) context.type = 'application/octet-stream'
    else context.set('Content-Type', headers['Content-Type'])
    if (headers['Content-Length'] !== undefined) context.set('Content-Length', headers['Content-Length'])
    return
  }
  context.body = JSON.stringify(body)
  context.set('Content-Type', headers['Content-Type'] ?? 'application/json; charset=utf-8')
}

/** Codes that an expected fault below may carry up to here. */
const CARRIED: ReadonlySet<string> = new Set(['overloaded', 'stopping', 'journal_full', 'journal_failed'] satisfies ProblemCode[])

/** The one place where a fault becomes an answer; whoever asked learns its code and nothing of its cause. */
function translate(cause: unknown, log: Logger): Answer {
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : ''
  if (CARRIED.has(code) && code in PROBLEM_STATUS) {
    return problem(code as ProblemCode, 'not now; try again later', { retryAfterMs: 1_000 })
  }
  log.error({ err: cause }, 'a request failed')
  return problem('internal', 'the server could not do that; its log says why')
}

const GONE: ReadonlySet<string> = new Set(['ECONNRESET', 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECANCELED'])
const isGone = (cause: unknown): boolean =>
  typeof cause === 'object' && cause !== null && 'code' in cause && GONE.has(String(cause.code))

function decoded(path: string): string | null {
  try {
    return decodeURIComponent(path)
  } catch {
    return null
  }
}
