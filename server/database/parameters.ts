/**
 * Refuses query parameters that one of the databases would take for something else: node:sqlite reads a Date or object in
 * first place as named parameters and stores NULL, and numbers beyond 2^53 lose their last digits on the way.
 * @throws TypeError naming the position, never the value
 */
export function checkParameters(parameters: readonly unknown[]): void {
  for (const [index, value] of parameters.entries()) {
    const fault = faultOf(value)
    if (fault !== null) throw new TypeError(`query parameter ${index + 1} is ${fault}`)
  }
}

function faultOf(value: unknown): string | null {
  if (value === null || typeof value === 'string' || value instanceof Uint8Array) return null
  if (typeof value === 'boolean') return null // PostgreSQL only; node:sqlite refuses it by itself.
  if (value instanceof Date) return 'a Date; times are stored as UTC milliseconds'
  if (typeof value !== 'number') return `of type ${typeof value}`
  if (!Number.isFinite(value)) return 'not a finite number'
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? 'an integer beyond 2^53' : null
}
