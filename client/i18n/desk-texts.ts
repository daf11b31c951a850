import type { Language } from './language.ts'

interface Pair {
  readonly zh: string
  readonly en: string
}
const pair = (zh: string, en: string): Pair => ({ zh, en })

/** Texts that only the desk has; those that screens share are in texts.ts. */
export const DESK_TEXTS = {
  'mine.seat': pair('席位 {name}', 'Seat {name}'),
  'role.duty': pair('值班员', 'Duty officer'),
  'role.supervisor': pair('班长', 'Supervisor'),
  'queue.none': pair('当前没有未处理的告警', 'No open alarms'),
  'queue.notLoaded': pair('正在载入告警…', 'Loading alarms…'),
  'queue.keys': pair('上下键选择', 'Arrow keys choose'),
  'state.over': pair('已恢复', 'Over'),
  'due.in': pair('时限', 'due'),
  'due.over': pair('超时', 'over'),
  'due.none': pair('无时限', 'no limit'),
  'panel.cameras': pair('现场画面', 'What cameras see'),
  'panel.noPlace': pair('此告警没有位置', 'This alarm has no place'),
  'panel.hour': pair('{name} 近 1 小时', '{name}, last hour'),
  'panel.hourNone': pair('近 1 小时没有变化', 'No change in the last hour'),
  'panel.historyFailed': pair('历史暂时读不到，正在重试', 'The history cannot be read now; trying again'),
  'panel.pickReason': pair('选择理由或填写说明后可确认', 'Choose a reason or write a note to acknowledge'),
  'panel.sending': pair('正在提交…', 'Sending…'),
  'panel.done': pair('已确认，理由已写入审计记录', 'Acknowledged; the reason is in the audit register'),
  'panel.alreadyOver': pair('告警已结束，无需再确认', 'The alarm is over; nothing to acknowledge'),
  'panel.notRecorded': pair('无法记录，告警仍未确认', 'Could not be recorded; the alarm is not acknowledged'),
  'panel.unreachable': pair('连接中断，告警仍未确认', 'No connection; the alarm is not acknowledged'),
  'panel.gone': pair('该记录已不存在', 'This record is gone'),
  'panel.meters': pair('{count} 米', '{count} m'),
  'done.title': pair('近期已确认', 'Acknowledged lately'),
  'done.count': pair('{count} 条', '{count}'),
  'done.none': pair('近半小时没有已确认的告警', 'None in the last half hour'),
  'help.queue': pair(
    '左侧队列：点选告警，看现场画面和近 1 小时，选理由后确认',
    'Queue: choose an alarm, see its cameras and last hour, acknowledge with a reason',
  ),
  'help.map': pair(
    '地图：点楼栋、商户、驿站、摄像头，看资料和近 24 小时变化',
    'Map: click a building, merchant, station or camera for its record and last day',
  ),
  'help.search': pair('按 / 搜索；上下键在队列中移动', 'Press / to search; arrow keys walk through the queue'),
  'map.tools': pair('地图工具', 'Map tools'),
  'map.locate': pair('定位到所选', 'Go to what is chosen'),
  'map.closer': pair('放大', 'Closer'),
  'map.farther': pair('缩小', 'Farther'),
  'map.north': pair('正北朝上', 'North up'),
  'map.flat': pair('平面', 'From above'),
  'map.drawing': pair('地图绘制中，告警以左侧队列为准', 'The map is being drawn; go by the queue'),
  'timeline.noReplay': pair('回看需督导账号', 'Replay needs a supervisor'),
  'timeline.observed': pair('本页打开于 {time}，此前的活动量未知', 'Page opened {time}; activity before is not known'),
  'timeline.before': pair('{time} 开始记录，此前未知', 'Recorded since {time}; what was before is not known'),
  'timeline.rewind': pair('回看', 'Look back'),
  'timeline.rewindHint': pair(
    '回到 5 分钟前；也可向左拖动时间条到任意时刻',
    'Back by 5 minutes; or drag the strip left, to any instant',
  ),
  'timeline.changes': pair('次变化/分', 'changes/min'),
  'timeline.acknowledged': pair('确认', 'Acknowledged'),
  'map.data': pair('数据 {time}', 'Data {time}'),
  'map.coverage': pair('覆盖与盲区', 'Coverage'),
  'map.covered': pair('可见 {share}%', '{share}% seen'),
  'map.layers': pair('图层', 'Layers'),
  'map.searchKey': pair('按 / 搜索', 'Press / to search'),
  'walls.list': pair('已配对的大屏', 'Paired walls'),
  'walls.since': pair('{time} 配对', 'paired {time}'),
  'walls.failed': pair('大屏列表暂时读不到', 'The list of walls cannot be read now'),
  'walls.confirm': pair('再按一次确认解除', 'Press again to revoke'),
  'scenes.title': pair('大屏巡游', 'Tour'),
  'scenes.for': pair('用于', 'For'),
  'scenes.all': pair('所有大屏', 'Every wall'),
  'scenes.own': pair('此屏使用自己的巡游', 'This wall has a tour of its own'),
  'scenes.common': pair('此屏使用公共巡游，保存后即为自己的', 'This wall has the common tour; saving gives it its own'),
  'scenes.giveBack': pair('恢复公共巡游', 'Back to the common tour'),
  'scenes.community': pair('全景', 'Whole community'),
  'scenes.compound': pair('小区', 'Compound'),
  'scenes.stations': pair('驿站', 'Stations'),
  'scenes.cameras': pair('摄像头', 'Cameras'),
  'scenes.video': pair('视频墙：全部摄像头', 'Camera wall: all'),
  'scenes.videoTour': pair('视频墙：{name}', 'Camera wall: {name}'),
  'scenes.place': pair('地点', 'Place'),
  'scenes.dwell': pair('停留秒数', 'Seconds'),
  'scenes.up': pair('上移', 'Move up'),
  'scenes.remove': pair('删除', 'Delete'),
  'scenes.add': pair('添加一站', 'Add a stop'),
  'scenes.save': pair('保存', 'Save'),
  'scenes.saved': pair('已保存，大屏半分钟内更新', 'Saved; walls follow within half a minute'),
  'scenes.failed': pair('未能保存', 'Not saved'),
  'scenes.unread': pair('巡游暂时读不到', 'The tour cannot be read now'),
  'value.ok': pair('合格', 'In order'),
  'value.due': pair('待检查', 'Due'),
  'value.none': pair('无', 'None'),
  'value.resident': pair('居民', 'Resident'),
  'value.worker': pair('网格员', 'Grid worker'),
  'value.device': pair('设备', 'Device'),
  'value.duty': pair('值班', 'Duty desk'),
  'value.office': pair('街道办', 'Street office'),
} as const satisfies Record<string, Pair>

export type DeskTextKey = keyof typeof DESK_TEXTS

/** A desk's text; `{name}` in it is replaced by `values.name`. */
export function deskText(language: Language, key: DeskTextKey, values: Readonly<Record<string, string | number>> = {}): string {
  return DESK_TEXTS[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole))
}
