/** `token_refused`: the token ended; `batch_refused`: the batch itself is at fault and would be refused again. */
export type SourceErrorCode = 'token_refused' | 'batch_refused'

/** A source cannot go on by trying again. */
export class SourceError extends Error {
  readonly code: SourceErrorCode

  constructor(code: SourceErrorCode, message: string) {
    super(message)
    this.name = 'SourceError'
    this.code = code
  }
}
