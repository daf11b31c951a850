import type { Migration } from 'kysely/migration'

import { logMigration } from './migrations/0001-log.ts'
import { accountsMigration } from './migrations/0002-accounts.ts'
import { camerasMigration } from './migrations/0003-cameras.ts'
import { alarmsMigration } from './migrations/0005-alarms.ts'
import { hotspotsMigration } from './migrations/0006-hotspots.ts'
import { recordingsMigration } from './migrations/0007-recordings.ts'
import { holdsMigration } from './migrations/0016-holds.ts'
import { incidentsMigration } from './migrations/0017-incidents.ts'
import { availabilityMigration } from './migrations/0009-availability.ts'
import { hotspotPatrolsMigration } from './migrations/0021-hotspot-patrols.ts'
import { videoSettingsMigration } from './migrations/0013-video-settings.ts'
import { bookmarksMigration } from './migrations/0019-bookmarks.ts'

/** Every step of the schema in its order. A step that was released is never changed; new ones are appended. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-log': logMigration,
  '0002-accounts': accountsMigration,
  '0003-cameras': camerasMigration,
  '0005-alarms': alarmsMigration,
  '0006-hotspots': hotspotsMigration,
  '0007-recordings': recordingsMigration,
  '0009-availability': availabilityMigration,
  '0013-video-settings': videoSettingsMigration,
  '0016-holds': holdsMigration,
  '0017-incidents': incidentsMigration,
  '0019-bookmarks': bookmarksMigration,
  '0021-hotspot-patrols': hotspotPatrolsMigration,
}
