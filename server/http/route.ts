import type { IncomingMessage } from 'node:http'
import type { Readable } from 'node:stream'

import type { z } from 'zod'

import type { Role } from '../../shared/domain/roles.ts'
import { PROBLEM_STATUS, type ProblemCode } from '../../shared/protocol/problems.ts'
import type { Principal, SourcePrincipal } from '../accounts/principal.ts'

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'

/**
 * Who a route serves. `public`: anyone, also nobody. `source`: a source's token only. `roles`: people of these roles; for
 * reading, also a paired wall where `wall` is among them, and tokens of integrations with `integrations: true`.
 */
export type Access = 'public' | 'source' | { readonly roles: readonly Role[]; readonly integrations?: true }

/** What a handler gets; nothing of Koa's. */
export interface RouteRequest<Body, Who> {
  readonly principal: Who
  /** The parts of the path, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  /** Parsed by the route's schema. */
  readonly body: Body
  /** Where it comes from, past trusted proxies. */
  readonly address: string
  readonly headers: IncomingMessage['headers']
  /** Aborts when the answer has left, or its client: the moment to let go of whatever it held. */
  readonly signal: AbortSignal
  /** The bare request, for bodies that are read as a stream and for cookies. */
  readonly raw: IncomingMessage
}

/** What a handler answers. `body`: JSON data, bytes or a stream; a stream is destroyed when the client goes away. */
export interface Answer {
  readonly status: number
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
  readonly cookies: readonly string[]
}

interface AnswerOptions {
  readonly status?: number
  readonly headers?: Readonly<Record<string, string>>
  /** Whole Set-Cookie values. */
  readonly cookies?: readonly string[]
}

/** An answer with a JSON body, bytes or a stream; 200 unless `status` says otherwise. */
export function answer(body: object | Uint8Array | Readable, options: AnswerOptions = {}): Answer {
  return { status: options.status ?? 200, body, headers: options.headers ?? {}, cookies: options.cookies ?? [] }
}

interface ProblemOptions {
  readonly field?: string
  /** Milliseconds, told as Retry-After in whole seconds, at least one. */
  readonly retryAfterMs?: number
  /** Further facts beside the code, for outcomes that have some. */
  readonly facts?: Readonly<Record<string, unknown>>
}

/** An answer that says no, in the one shape of every refusal. */
export function problem(code: ProblemCode, message: string, options: ProblemOptions = {}): Answer {
  const { field, retryAfterMs, facts } = options
  const headers: Record<string, string> =
    retryAfterMs === undefined ? {} : { 'Retry-After': String(Math.max(1, Math.ceil(retryAfterMs / 1000))) }
  const body = { ...facts, ok: false, code, message, ...(field === undefined ? {} : { field }) }
  return { status: PROBLEM_STATUS[code], body, headers, cookies: [] }
}

/** A route, ready for {@link createApp}; made by {@link route}, {@link publicRoute} or {@link sourceRoute}. */
export interface Route {
  readonly method: Method
  /** As in @koa/router: `/api/users/:id`. */
  readonly path: string
  readonly access: Access
  /** Null: no body, or one that the handler reads from `raw` itself. */
  readonly body: z.ZodType | null
  readonly handler: (request: RouteRequest<unknown, Principal | null>) => Promise<Answer> | Answer
}

interface Declaration<S extends z.ZodType | null, Who> {
  readonly method: Method
  readonly path: string
  readonly body: S
  readonly handler: (request: RouteRequest<S extends z.ZodType ? z.output<S> : null, Who>) => Promise<Answer> | Answer
}

/** A route for people of some roles, and perhaps walls and integrations; its handler has the principal. */
export function route<S extends z.ZodType | null>(
  declaration: Declaration<S, Exclude<Principal, SourcePrincipal>> & { readonly access: Exclude<Access, string> },
): Route {
  return declaration as unknown as Route
}

/** A route for anyone; the principal is whoever happens to be signed in, or null. */
export function publicRoute<S extends z.ZodType | null>(declaration: Declaration<S, Principal | null>): Route {
  return { ...(declaration as unknown as Route), access: 'public' }
}

/** A route for a source's token. */
export function sourceRoute(declaration: Declaration<null, SourcePrincipal>): Route {
  return { ...(declaration as unknown as Route), access: 'source' }
}
