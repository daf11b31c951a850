/** The kinds of alarm that the shipped rules raise; client/i18n has a text for each. Devices and sites may add their own. */
export const ALARM_KINDS = [
  'resident_sos',
  'care_overdue',
  'merchant_hazard',
  'station_fault',
  'station_offline',
  'station_not_open',
  'station_no_hot_water',
  'station_full',
  'camera_offline',
  'source_silent',
  'clock_jump',
] as const
export type AlarmKind = (typeof ALARM_KINDS)[number]

export function isAlarmKind(kind: string): kind is AlarmKind {
  return (ALARM_KINDS as readonly string[]).includes(kind)
}
