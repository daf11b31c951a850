/** A person's own mark in time, with their words; deleting it erases both. Times are UTC milliseconds. */
export interface BookmarksTable {
  id: string
  /** Whose it is; it goes with the account. */
  userId: string
  /** The instant of the log that it marks. */
  at: number
  createdAt: number
  text: string
}

export interface BookmarkTables {
  bookmarks: BookmarksTable
}
