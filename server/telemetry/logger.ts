import { pino, type DestinationStream, type Logger as PinoLogger } from 'pino'

export type Logger = PinoLogger

/** Values under these names never reach a log line, at any of the first three levels. */
const SECRET_NAMES = [
  'password',
  'passwordHash',
  'token',
  'tokenHash',
  'authorization',
  'cookie',
  'set-cookie',
  'secret',
  'url',
  'subUrl',
  'databaseUrl',
  'key',
]
const REDACTED = SECRET_NAMES.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`])

const CREDENTIALS = /\b([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi
const TOKENS = /\b(src|int|dev|ses)_([a-z0-9]{8,32})\.[A-Za-z0-9_-]{16,}/g
const BEARER = /\b(Bearer|Basic|Digest)\s+[^\s,'"]{8,}/gi

/** A text without the credentials of addresses, headers and our own tokens in it. */
export function withoutSecrets(text: string): string {
  return text.replace(CREDENTIALS, '$1[secret]@').replace(TOKENS, '$1_$2.[secret]').replace(BEARER, '$1 [secret]')
}

/**
 * The process's one logger: JSON lines, secrets redacted by name and by shape.
 * @param destination where lines go; standard output when absent
 */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const scrubbed: DestinationStream = {
    write: (line) => (destination ?? process.stdout).write(withoutSecrets(line)),
  }
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths: REDACTED, censor: '[secret]' } },
    scrubbed,
  )
}
