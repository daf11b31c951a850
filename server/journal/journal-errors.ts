/** There is no room to record: the reserve on the disk is touched. Nothing of the batch is stored; try again later. */
export class JournalFull extends Error {
  readonly code = 'journal_full'

  constructor(options?: ErrorOptions) {
    super('no room to record', options)
    this.name = 'JournalFull'
  }
}

/** The log's head is not where the batch begins: another writer is at work, or this one is wrong about its own past. */
export class HeadMoved extends Error {
  readonly code = 'head_moved'

  constructor(expected: number) {
    super(`the head of the log is not at ${expected}`)
    this.name = 'HeadMoved'
  }
}

/** A seq that the log does not have: not recorded yet, or trimmed. */
export class NotInLog extends Error {
  readonly code = 'not_in_log'

  constructor(seq: number) {
    super(`change ${seq} is not in the log: never recorded or trimmed`)
    this.name = 'NotInLog'
  }
}
