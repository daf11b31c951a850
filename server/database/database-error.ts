/**
 * `folder_in_use`: another server holds the data folder; `database_in_use`: another server holds the PostgreSQL database;
 * `newer_database`: written by a newer version than this one; `unreachable`: what should be a database is not there or not
 * one, or PostgreSQL refuses us; `no_answer`: PostgreSQL does not answer, and may do so later.
 */
export type DatabaseErrorCode = 'folder_in_use' | 'database_in_use' | 'newer_database' | 'unreachable' | 'no_answer'

/** Why a database cannot be opened; the operator reads the message. */
export class DatabaseError extends Error {
  readonly code: DatabaseErrorCode

  constructor(code: DatabaseErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'DatabaseError'
    this.code = code
  }
}
