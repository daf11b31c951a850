/** A body of past cases under review: its own outline (GeoJSON) and time zone. Times are UTC milliseconds. */
export interface HotspotDatasetsTable {
  id: string
  name: string
  outline: string
  timeZone: string
  createdAt: number
  createdBy: string
}

/** One file that was taken into a dataset. Undoing it deletes the row, its blocks and its report. */
export interface HotspotImportsTable {
  id: string
  datasetId: string
  fileName: string
  /** SHA-256 of the file, hex: the same file is not taken twice. */
  fileHash: string
  /** JSON of an ImportProfile. */
  profile: string
  takenAt: number
  takenBy: string
  rows: number
  cases: number
  refused: number
  merged: number
  /** JSON: number of cases by position flag. */
  flags: string
  fromMs: number | null
  toMs: number | null
  /** Compressed CSV of every row that was refused, merged or flagged. */
  report: Uint8Array
}

/** Compressed columns of cases; see server/hotspots/case-columns.ts. */
export interface HotspotBlocksTable {
  importId: string
  number: number
  cases: number
  body: Uint8Array
}

/** Which column is what, remembered by the shape of a file. */
export interface HotspotProfilesTable {
  signature: string
  profile: string
  changedAt: number
}

/** Denominators of a dataset: one set by kind (households, ebikes); `body` is compressed JSON. */
export interface HotspotBasesTable {
  datasetId: string
  kind: string
  places: number
  total: number
  changedAt: number
  body: Uint8Array
}

/** What was done, as JSON of an Intervention. */
export interface HotspotInterventionsTable {
  id: string
  datasetId: string
  intervention: string
  createdAt: number
  createdBy: string
}

/** Who does what about a hot place, until when. `place` names cell size and cell. */
export interface HotspotActionsTable {
  datasetId: string
  place: string
  owner: string
  action: string
  /** A day, or null. */
  dueOn: string | null
  changedAt: number
  changedBy: string
}

/** How often patrols passed each square in a day of the site's zone; nobody's way is in it. `body`: see server/hotspots/patrols.ts. */
export interface HotspotPatrolsTable {
  day: string
  visits: number
  body: Uint8Array
}

export interface HotspotTables {
  hotspotDatasets: HotspotDatasetsTable
  hotspotImports: HotspotImportsTable
  hotspotBlocks: HotspotBlocksTable
  hotspotProfiles: HotspotProfilesTable
  hotspotBases: HotspotBasesTable
  hotspotInterventions: HotspotInterventionsTable
  hotspotActions: HotspotActionsTable
  hotspotPatrols: HotspotPatrolsTable
}
