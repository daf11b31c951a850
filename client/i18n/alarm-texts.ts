import { type AlarmKind, isAlarmKind } from '../../shared/alarms/kinds.ts'
import type { Language } from './language.ts'

interface Pair {
  readonly zh: string
  readonly en: string
}

/** What each kind of alarm says, as short as a wall can read it. */
const KIND_TEXTS: Readonly<Record<AlarmKind, Pair>> = {
  resident_sos: { zh: '居民求助', en: 'Call for help' },
  care_overdue: { zh: '关怀探访超时', en: 'Care check overdue' },
  merchant_hazard: { zh: '商户安全隐患', en: 'Merchant hazard' },
  station_fault: { zh: '驿站设备故障', en: 'Station fault' },
  station_offline: { zh: '驿站离线', en: 'Station offline' },
  station_not_open: { zh: '驿站未按时开放', en: 'Station not open' },
  station_no_hot_water: { zh: '驿站停供热水', en: 'No hot water' },
  station_full: { zh: '驿站座位已满', en: 'Station full' },
  camera_offline: { zh: '摄像头离线', en: 'Camera offline' },
  source_silent: { zh: '数据源无上报', en: 'Data source silent' },
  clock_jump: { zh: '服务器时钟跳变', en: 'Server clock set' },
}

/** Alarms of the server itself, which no rule raises. */
const SERVER_KIND_TEXTS: Readonly<Record<string, Pair>> = {
  recordings_floor: { zh: '录像磁盘空间不足', en: 'Recordings disk full' },
}

const OTHER_KIND: Pair = { zh: '告警', en: 'Alarm' }

/** An alarm's kind in words; one that a device or a site added is named by its own code. */
export function alarmKindText(kind: string | null, language: Language): string {
  if (kind === null) return OTHER_KIND[language]
  if (isAlarmKind(kind)) return KIND_TEXTS[kind][language]
  return SERVER_KIND_TEXTS[kind]?.[language] ?? `${OTHER_KIND[language]} ${kind}`
}
