import { argon2, createHash, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const argon2Async = promisify(argon2)

interface Cost {
  readonly memory: number
  readonly passes: number
}

/** OWASP's second choice of argon2id: 19 MiB, two passes; about 60 ms of a core, off the main thread. */
const PASSWORD_COST: Cost = { memory: 19_456, passes: 2 }
/** A token holds 256 random bits, which no cost parameter could better; a small one keeps ingest cheap. */
const TOKEN_COST: Cost = { memory: 256, passes: 1 }

/** Passwords in work at once: half of libuv's four threads, so that file access goes on during a sign-in storm. */
const PASSWORDS_AT_ONCE = 2
/** Hashes that may wait; beyond it {@link HashingOverloaded}. Passwords take 60 ms each, so this is two seconds of them. */
const MAX_WAITING = 64

/** Too many secrets wait to be checked: try again later. */
export class HashingOverloaded extends Error {
  readonly code = 'overloaded'
}

type Gate = <T>(work: () => Promise<T>) => Promise<T>

/** Runs at most `atOnce` works at once, in order. */
function createGate(atOnce: number): Gate {
  const waiting: (() => void)[] = []
  let running = 0
  return async (work) => {
    if (running >= atOnce) {
      if (waiting.length >= MAX_WAITING) throw new HashingOverloaded('too many hashes wait')
      await new Promise<void>((resolve) => waiting.push(resolve))
    } else running += 1
    try {
      return await work()
    } finally {
      const next = waiting.shift()
      if (next === undefined) running -= 1
      else next()
    }
  }
}

const passwordGate = createGate(PASSWORDS_AT_ONCE)
/** Apart, so that machines are let in while passwords queue. */
const tokenGate = createGate(1)

const digest = (secret: string, nonce: Buffer, { memory, passes }: Cost): Promise<Buffer> =>
  (memory >= PASSWORD_COST.memory ? passwordGate : tokenGate)(() =>
    argon2Async('argon2id', {
      message: Buffer.from(secret.normalize('NFKC')),
      nonce,
      memory,
      passes,
      parallelism: 1,
      tagLength: 32,
    }),
  )

async function hash(secret: string, cost: Cost): Promise<string> {
  const nonce = randomBytes(16)
  const tag = await digest(secret, nonce, cost)
  return `$argon2id$v=19$m=${cost.memory},t=${cost.passes},p=1$${nonce.toString('base64url')}$${tag.toString('base64url')}`
}

/** A password's hash in the PHC form, with its own salt. */
export const hashPassword = (password: string): Promise<string> => hash(password, PASSWORD_COST)
/** A token's hash in the same form. */
export const hashToken = (token: string): Promise<string> => hash(token, TOKEN_COST)

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=1\$([\w-]+)\$([\w-]+)$/

/** Whether a secret is the one that was hashed; false also for a stored text that is no hash. */
export async function verifyHash(secret: string, stored: string): Promise<boolean> {
  const [, memory, passes, nonce, tag] = PHC.exec(stored) ?? []
  if (memory === undefined || passes === undefined || nonce === undefined || tag === undefined) return false
  const expected = Buffer.from(tag, 'base64url')
  const actual = await digest(secret, Buffer.from(nonce, 'base64url'), { memory: Number(memory), passes: Number(passes) })
  return expected.length === actual.length && timingSafeEqual(expected, actual)
}

/** A hash that no password has, so that an unknown name costs as much time as a wrong password. */
export const NOBODY = `$argon2id$v=19$m=${PASSWORD_COST.memory},t=${PASSWORD_COST.passes},p=1$${'A'.repeat(22)}$${'A'.repeat(43)}`

/** SHA-256 in hex: for keys of in-memory tables, never for what is stored of a secret. */
export const fingerprint = (data: string | Uint8Array): string => createHash('sha256').update(data).digest('hex')
