import type { Language } from './language.ts'

interface Pair {
  readonly zh: string
  readonly en: string
}
const pair = (zh: string, en: string): Pair => ({ zh, en })

/** Texts of the administrators' screen. */
export const ADMIN_TEXTS = {
  title: pair('系统管理', 'Administration'),
  users: pair('账号', 'Accounts'),
  sources: pair('数据源', 'Sources'),
  cameras: pair('摄像头', 'Cameras'),
  walls: pair('大屏', 'Walls'),
  failed: pair('暂时读不到，正在重试', 'Cannot be read now; trying again'),
  none: pair('还没有', 'None yet'),
  username: pair('用户名', 'User name'),
  password: pair('初始密码（至少 10 位）', 'First password (10 characters or more)'),
  role: pair('角色', 'Role'),
  created: pair('建立时间', 'Created'),
  state: pair('状态', 'State'),
  enabled: pair('启用', 'In use'),
  disabled: pair('停用', 'Switched off'),
  enable: pair('启用', 'Switch on'),
  disable: pair('停用', 'Switch off'),
  remove: pair('删除', 'Delete'),
  confirm: pair('再按一次确认', 'Press again'),
  add: pair('添加', 'Add'),
  name: pair('名称', 'Name'),
  layers: pair('可写图层', 'Layers that it may write'),
  rate: pair('每秒行数上限', 'Lines a second at most'),
  token: pair('令牌仅显示这一次，请立即保存', 'The token is shown this once; keep it now'),
  id: pair('编号', 'Id'),
  url: pair('地址（rtsp://…，保存后不再显示）', 'Address (rtsp://…, never shown again)'),
  subUrl: pair('子码流地址（可不填）', 'Address of the sub-stream (may be empty)'),
  lng: pair('经度', 'Longitude'),
  lat: pair('纬度', 'Latitude'),
  bearing: pair('朝向（度）', 'Bearing (degrees)'),
  fieldOfView: pair('视角（度）', 'Field of view (degrees)'),
  range: pair('视距（米，可不填）', 'Range (metres, may be empty)'),
  owner: pair('归属', 'Owner'),
  view: pair('朝向 / 视角 / 视距', 'Bearing / angle / range'),
  terms: pair('录像与授权', 'Recording and consent'),
  save: pair('保存', 'Save'),
  recording: pair('录像', 'Recording'),
  'recording.always': pair('一直录', 'Always'),
  'recording.alarm': pair('告警时录（前 30 秒至后 60 秒）', 'On alarm (30 s before to 60 s after)'),
  'recording.never': pair('不录', 'Never'),
  retention: pair('保存天数', 'Days kept'),
  decree: pair('公共安全视频（国令 799）', 'Public-security video (Decree 799)'),
  consent: pair('有业主授权', 'With the owner’s consent'),
  'consent.none': pair('未登记授权：由运营方负责', 'No consent recorded: the operator answers for it'),
  'consent.by': pair('授权方（编号或公开名称）', 'Given by (id or public name)'),
  'consent.until': pair('有效至（含当日，空为长期）', 'Valid through (empty: until taken back)'),
  'consent.live': pair('可看实时', 'Live'),
  'consent.recordings': pair('可看录像', 'Recordings'),
  'consent.alarmOnly': pair('仅告警时', 'Around alarms only'),
  availability: pair('摄像头在线率', 'Availability of cameras'),
  day: pair('日期', 'Day'),
  from: pair('从', 'From'),
  to: pair('到', 'To'),
  online: pair('在线', 'Online'),
  degraded: pair('异常', 'Degraded'),
  offline: pair('离线', 'Offline'),
  off: pair('停用', 'Switched off'),
  share: pair('在线率', 'Available'),
  hours: pair('{count} 小时', '{count} h'),
  csv: pair('下载 CSV', 'Download CSV'),
  watermark: pair('画面水印（用户与时间）', 'Watermark on pictures (user and time)'),
  watermarkLive: pair('实时画面', 'Live pictures'),
  watermarkRecordings: pair('录像', 'Recordings'),
  done: pair('已保存', 'Saved'),
  'error.name_taken': pair('已有同名账号', 'This name is taken'),
  'error.last_admin': pair('至少要保留一名管理员', 'The last administrator stays'),
  'error.conflict': pair('编号已被使用', 'This id is taken'),
  'error.bad_field': pair('有一项填写不正确：{field}', 'One field is not right: {field}'),
  'error.unreachable': pair('连接中断，未保存', 'No connection; nothing was saved'),
  'error.other': pair('未能保存', 'Not saved'),
  'role.duty': pair('值班员', 'Duty officer'),
  'role.supervisor': pair('班长 / 督导', 'Supervisor'),
  'role.office': pair('街道办', 'Street office'),
  'role.worker': pair('网格员', 'Grid worker'),
  'role.admin': pair('管理员', 'Administrator'),
  'role.wall': pair('大屏', 'Wall'),
} as const satisfies Record<string, Pair>

export type AdminTextKey = keyof typeof ADMIN_TEXTS

/** A text of the administrators' screen; `{name}` in it is replaced by `values.name`. */
export function adminText(language: Language, key: AdminTextKey, values: Readonly<Record<string, string>> = {}): string {
  return ADMIN_TEXTS[key][language].replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole)
}
