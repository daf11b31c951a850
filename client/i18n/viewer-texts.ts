import type { Language } from './language.ts'

interface Pair {
  readonly zh: string
  readonly en: string
}
const pair = (zh: string, en: string): Pair => ({ zh, en })

/** Texts of the viewer inside evidence bundles. */
export const VIEWER_TEXTS = {
  title: pair('证据回放', 'Evidence'),
  notLive: pair('非实时画面', 'Not live'),
  lookIsNoCheck: pair(
    '观看不等于核对：请另行核对签名（见 README.txt）',
    'Looking is not checking: see README.txt for the signature',
  ),
  play: pair('播放', 'Play'),
  pause: pair('暂停', 'Pause'),
  speed: pair('速度', 'Speed'),
  instant: pair('时刻', 'Instant'),
  alarms: pair('此刻的告警', 'Alarms at this instant'),
  noAlarms: pair('此刻没有未处理的告警', 'No open alarms at this instant'),
  cases: pair('此刻的案件', 'Cases at this instant'),
  noCases: pair('此刻没有未办结的案件', 'No open cases at this instant'),
  videos: pair('录像', 'Recordings'),
  noVideos: pair('本包不含录像', 'No recordings in this bundle'),
  noRecording: pair('无录像', 'No recording'),
  chosen: pair('所选', 'Chosen'),
  reason: pair('用途', 'Purpose'),
  madeAt: pair('制作于', 'Made at'),
  zone: pair('北京时间', 'Beijing time'),
  before: pair('此刻早于最早的记录，情况未知', 'Before the first record: nothing is known'),
  down: pair('服务器当时未运行，情况未知', 'The server was down: nothing is known'),
  broken: pair('无法读取本包：请确认已完整解压', 'This bundle cannot be read: was all of it unpacked?'),
  language: pair('English', '中文'),
} satisfies Record<string, Pair>

export type ViewerTextKey = keyof typeof VIEWER_TEXTS

export function viewerText(language: Language, key: ViewerTextKey): string {
  return VIEWER_TEXTS[key][language]
}
