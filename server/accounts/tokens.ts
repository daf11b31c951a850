import { randomBytes } from 'node:crypto'

import { hashToken } from './hashes.ts'

/** What a token opens; the first part of its text, so that a leaked one is recognised by scanners and by our own logger. */
export const TOKEN_KINDS = { session: 'ses', device: 'dev', source: 'src', integration: 'int' } as const
export type TokenKind = keyof typeof TOKEN_KINDS

export interface NewToken {
  readonly id: string
  /** Shown once, or put in a cookie; never stored. */
  readonly token: string
  readonly tokenHash: string
}

/** A random id, safe in a path and a log line: 80 bits. */
export const newId = (): string => randomBytes(10).toString('hex')

/** A new token of 256 random bits with the id of the row that holds its hash. */
export async function newToken(kind: TokenKind, id: string = newId()): Promise<NewToken> {
  const token = `${TOKEN_KINDS[kind]}_${id}.${randomBytes(32).toString('base64url')}`
  return { id, token, tokenHash: await hashToken(token) }
}

const TOKEN = /^(ses|dev|src|int)_([a-f0-9]{20})\.[A-Za-z0-9_-]{43}$/

/** The kind and row of a token's text; null when it is not one of ours. */
export function parseToken(token: string): { kind: TokenKind; id: string } | null {
  const [, prefix, id] = TOKEN.exec(token) ?? []
  const kind = (Object.keys(TOKEN_KINDS) as TokenKind[]).find((name) => TOKEN_KINDS[name] === prefix)
  return kind === undefined || id === undefined ? null : { kind, id }
}
