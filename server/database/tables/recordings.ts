/** One file of a recording. Times here and below are UTC milliseconds of the wall clock. */
export interface SegmentsTable {
  cameraId: string
  startMs: number
  /** Of the newest indexed picture; grows while the segment is open. */
  endMs: number
  /** Under the folder of recordings. */
  path: string
  initBytes: number
  codec: string
  /** Units of decode time a second. */
  timescale: number
  bytes: number
  /** 1: no more is written. */
  closed: number
}

/** One group of pictures: where its key frame is. */
export interface GopsTable {
  cameraId: string
  /** Of its segment. */
  startMs: number
  wallMs: number
  decodeTime: number
  offset: number
}

/** A time of a camera that may not be deleted. */
export interface RecordingHoldsTable {
  id: string
  cameraId: string
  fromMs: number
  toMs: number
  reason: string
  createdBy: string
  createdAt: number
}

export interface RecordingTables {
  segments: SegmentsTable
  gops: GopsTable
  recordingHolds: RecordingHoldsTable
}
