/** One recording file, as the index knows it. `path` is under the folder of recordings; times are Unix milliseconds. */
export interface Segment {
  readonly cameraId: string
  readonly startMs: number
  readonly endMs: number
  readonly path: string
  readonly initBytes: number
  readonly codec: string
  readonly timescale: number
  readonly bytes: number
  readonly closed: boolean
}

/** One group of pictures of a segment: when its key frame was taken, and where it begins. */
export interface Gop {
  readonly cameraId: string
  /** Names the segment. */
  readonly startMs: number
  readonly wallMs: number
  readonly decodeTime: number
  readonly offset: number
}

/** A time of a camera that nothing may delete. */
export interface RecordingHold {
  readonly id: string
  readonly cameraId: string
  readonly fromMs: number
  readonly toMs: number
  readonly reason: string
  readonly createdBy: string
  readonly createdAtMs: number
}

/** Where recordings are found by camera and wall clock. */
export interface RecordingIndex {
  /** Adds and changes rows in one transaction; a segment or group that is there already is replaced. */
  write(changes: { readonly segments: readonly Segment[]; readonly gops: readonly Gop[] }): Promise<void>
  segment(cameraId: string, startMs: number): Promise<Segment | null>
  /** Segments that touch [fromMs, toMs), by start. */
  segmentsBetween(cameraId: string, fromMs: number, toMs: number): Promise<readonly Segment[]>
  /** The newest group at or before an instant; null when there is none. */
  gopAt(cameraId: string, atMs: number): Promise<Gop | null>
  /** The oldest group after an instant; null when there is none. */
  gopAfter(cameraId: string, atMs: number): Promise<Gop | null>
  /** A segment's groups, by offset. */
  gopsOf(cameraId: string, startMs: number): Promise<readonly Gop[]>
  /** What a crash left open. */
  openSegments(): Promise<readonly Segment[]>
  /** Closed segments of a camera that ended before an instant and that no hold touches, oldest first. */
  expired(cameraId: string, beforeMs: number, limit: number): Promise<readonly Segment[]>
  /** The oldest closed segments of all cameras that no hold touches. */
  oldest(limit: number): Promise<readonly Segment[]>
  /** Forgets segments with their groups. */
  remove(segments: readonly Pick<Segment, 'cameraId' | 'startMs'>[]): Promise<void>
  /**
   * Forgets a closed segment that is to be deleted, unless a hold has come to cover it: then null. A hold that is made
   * later finds it gone. @returns its groups, to be written back when the file could not be deleted
   */
  claim(segment: Pick<Segment, 'cameraId' | 'startMs'>): Promise<readonly Gop[] | null>
  /** Cameras of which anything is recorded. */
  cameras(): Promise<readonly string[]>
  hold(hold: RecordingHold): Promise<void>
  /** False when there is no such hold. */
  release(holdId: string): Promise<boolean>
  holds(cameraId: string): Promise<readonly RecordingHold[]>
}
