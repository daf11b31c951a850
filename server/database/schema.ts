import type { AccountsTables } from './tables/accounts.ts'
import type { AlarmTables } from './tables/alarms.ts'
import type { AvailabilityTables } from './tables/availability.ts'
import type { BookmarkTables } from './tables/bookmarks.ts'
import type { CameraTables } from './tables/cameras.ts'
import type { HoldTables } from './tables/holds.ts'
import type { HotspotTables } from './tables/hotspots.ts'
import type { IncidentTables } from './tables/incidents.ts'
import type { LogTables } from './tables/log.ts'
import type { RecordingTables } from './tables/recordings.ts'
import type { VideoSettingsTables } from './tables/video-settings.ts'

/** All tables, by area: a new area adds `tables/<area>.ts`, a migration in migrations.ts, and its tables here. */
export interface Database
  extends
    LogTables,
    AccountsTables,
    AlarmTables,
    AvailabilityTables,
    BookmarkTables,
    CameraTables,
    HoldTables,
    HotspotTables,
    IncidentTables,
    RecordingTables,
    VideoSettingsTables {}
