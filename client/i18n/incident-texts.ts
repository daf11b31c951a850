import type { Language } from './language.ts'

interface Pair {
  readonly zh: string
  readonly en: string
}
const pair = (zh: string, en: string): Pair => ({ zh, en })

/** Texts of incident files and holds. */
export const INCIDENT_TEXTS = {
  title: pair('事件卷宗与保全', 'Incident files and holds'),
  files: pair('事件卷宗', 'Incident files'),
  noFiles: pair('还没有卷宗：在回放中选取一段后建立', 'None yet: select a range in the replay to make one'),
  holds: pair('保全', 'Holds'),
  noHolds: pair('没有保全中的时段', 'Nothing is held'),
  bundles: pair('证据包', 'Evidence bundles'),
  noBundles: pair('没有证据包：在回放中选取一段后导出', 'None: select a range in the replay to export one'),
  download: pair('下载', 'Download'),
  delete: pair('删除', 'Delete'),
  toReplay: pair('回放', 'Replay'),
  toVerify: pair('核对证据包', 'Check a bundle'),
  back: pair('全部卷宗', 'All files'),
  keep: pair('保全 / 建卷', 'Hold / file'),
  keepTitle: pair('保全此段或建立卷宗', 'Hold this range, or make a file of it'),
  keepHint: pair(
    '保全后，此段的记录和录像不会被删除，直到督导说明理由解除。两者都写入审计记录。',
    'A hold keeps the log and recordings of this range until a supervisor releases it with a reason. Both are audited.',
  ),
  keepReason: pair(
    '理由（必填，写入审计记录，不写姓名、电话、证件号）',
    'Reason (required, audited; no names, phones or id numbers)',
  ),
  allCameras: pair('全部摄像头的录像', 'Recordings of every camera'),
  theseCameras: pair('录像：', 'Recordings: '),
  makeHold: pair('保全此段', 'Hold this range'),
  makeFile: pair('建立卷宗', 'Make a file'),
  held: pair('已保全', 'Held'),
  heldLate: pair('已保全，但此前的记录已按期限删除：', 'Held, but what is older was deleted before: '),
  openFile: pair('打开卷宗', 'Open the file'),
  refused: pair('未被接受：请检查时段和理由', 'Not accepted: look at the range and the reason'),
  tooLong: pair('卷宗最长两天', 'A file is two days long at most'),
  close: pair('关闭', 'Close'),
  release: pair('解除', 'Release'),
  releaseReason: pair('解除理由', 'Why it is released'),
  released: pair('已解除', 'Released'),
  heldNow: pair('保全中', 'Held'),
  by: pair('由', 'By'),
  range: pair('时段', 'Range'),
  case: pair('案件', 'Case'),
  cameras: pair('摄像头', 'Cameras'),
  reason: pair('事由', 'Purpose'),
  made: pair('建立', 'Made'),
  timeline: pair('当时知道什么、做了什么', 'What was known and done, when'),
  truncated: pair('内容过多，仅列出最早的部分', 'Too much for one page: the earliest part is shown'),
  nothingThen: pair('此段没有告警、案件和操作', 'No alarms, cases or acts in this range'),
  notes: pair('说明', 'Notes'),
  noNotes: pair('没有说明', 'No notes'),
  addNote: pair('添加说明', 'Add a note'),
  noteHint: pair('不写姓名、电话、证件号', 'No names, phones or id numbers'),
  erase: pair('删除内容', 'Erase'),
  erased: pair('（内容已删除）', '(erased)'),
  stills: pair('截图', 'Stills'),
  noStills: pair('没有截图', 'No stills'),
  addStill: pair('截取此刻', 'Take a still'),
  stillAt: pair('时刻（北京时间）', 'Instant (Beijing time)'),
  noPicture: pair('该时刻没有录像', 'Nothing was recorded then'),
  takenAt: pair('拍摄于', 'Taken at'),
  print: pair('打印', 'Print'),
  exportHint: pair('在回放中导出证据包', 'Export evidence in the replay'),
  failed: pair('暂时读不到，请重试', 'Cannot be read now; try again'),
  notFound: pair('没有这份卷宗', 'No such file'),
  loading: pair('正在读取…', 'Loading…'),
  'act.alarm.acknowledge': pair('确认告警', 'Acknowledged an alarm'),
  'act.recording.read': pair('查看录像', 'Looked at a recording'),
  'act.history.read': pair('查看历史', 'Looked at the past'),
  'act.evidence.hold': pair('保全', 'Held a range'),
  'act.evidence.release': pair('解除保全', 'Released a hold'),
  'act.evidence.export': pair('导出证据包', 'Exported evidence'),
  'op.put': pair('出现', 'New'),
  'op.patch': pair('变更', 'Changed'),
  'op.remove': pair('移除', 'Removed'),
  'layer.alarms': pair('告警', 'Alarm'),
  'layer.cases': pair('案件', 'Case'),
} satisfies Record<string, Pair>

export type IncidentTextKey = keyof typeof INCIDENT_TEXTS

export function incidentText(language: Language, key: IncidentTextKey): string {
  return INCIDENT_TEXTS[key][language]
}

/** A text whose key comes from data; the data itself when there is none for it. */
export function incidentTextOf(language: Language, key: string, otherwise: string): string {
  return key in INCIDENT_TEXTS ? incidentText(language, key as IncidentTextKey) : otherwise
}
