/** How long a camera was in each state on one day of Beijing time, in milliseconds. */
export interface CameraDaysTable {
  cameraId: string
  /** `2026-11-23`. */
  day: string
  onlineMs: number
  degradedMs: number
  offlineMs: number
  disabledMs: number
}

export interface AvailabilityTables {
  cameraDays: CameraDaysTable
}
