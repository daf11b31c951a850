/** A file about a case or a stretch of time. Times here and below are UTC milliseconds. */
export interface IncidentsTable {
  id: string
  fromMs: number
  toMs: number
  caseId: string | null
  /** A JSON array of camera ids. */
  cameras: string
  reason: string
  createdBy: string
  createdAt: number
}

/** Words of a person in a file; erasable. */
export interface IncidentNotesTable {
  id: string
  incidentId: string
  at: number
  seat: string
  /** Null when it was erased. */
  text: string | null
}

/** A picture out of a recording, kept with its file after the recording is gone. */
export interface IncidentStillsTable {
  id: string
  incidentId: string
  cameraId: string
  /** When the picture was taken. */
  takenAt: number
  addedAt: number
  seat: string
  jpeg: Uint8Array
}

export interface IncidentTables {
  incidents: IncidentsTable
  incidentNotes: IncidentNotesTable
  incidentStills: IncidentStillsTable
}
