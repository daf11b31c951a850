/** A named sequence of cameras. */
export interface CameraToursTable {
  id: string
  name: string
  /** JSON of the rest of the tour. */
  body: string
  changedAt: number
  changedBy: string
}

/** Where a role's pictures carry a watermark; a role without a row has the default. */
export interface WatermarksTable {
  role: string
  /** 1: on live pictures. */
  live: number
  /** 1: on recordings. */
  recordings: number
}

export interface VideoSettingsTables {
  cameraTours: CameraToursTable
  watermarks: WatermarksTable
}
