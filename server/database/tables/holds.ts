/** A range of log and recordings that nothing may trim until it is released. Times are UTC milliseconds. */
export interface HoldsTable {
  id: string
  fromMs: number
  toMs: number
  /** A JSON array of camera ids; null: every camera. */
  cameras: string | null
  reason: string
  /** The seat, as it was called then. */
  createdBy: string
  createdAt: number
  /** Null while it holds, as are the two below. */
  releasedBy: string | null
  releasedAt: number | null
  releaseReason: string | null
}

export interface HoldTables {
  holds: HoldsTable
}
