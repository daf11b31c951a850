/** A registered camera. Its urls are sealed by the camera key, which is a file and never in the database. */
export interface CamerasTable {
  id: string
  name: string
  sealedUrl: string
  sealedSubUrl: string | null
  lng: number
  lat: number
  bearingDeg: number
  fieldOfViewDeg: number
  rangeMeters: number | null
  /** `compound`, `merchant` or `street`. */
  ownerKind: string
  /** 0: switched off. */
  enabled: number
  /** `always`, `alarm` or `never`. */
  recording: string
  retentionDays: number
  /** 1: a public-security camera, kept at least 30 days. */
  underDecree: number
  /** A JSON object of shared/domain/consent.ts; null when none is recorded. */
  consent: string | null
  /** UTC milliseconds, as all times here. */
  createdAt: number
  changedAt: number
}

export interface CameraTables {
  cameras: CamerasTable
}
