import type { CameraStatus, PlayerDiagnostics, PlayerPhase } from './player.ts'

export type VideoLanguage = 'zh' | 'en'

/** One text in both languages. */
interface Pair {
  readonly zh: string
  readonly en: string
}

const STATES: Readonly<Record<CameraStatus['state'], Pair>> = {
  online: { zh: '在线', en: 'Online' },
  degraded: { zh: '画面异常', en: 'Degraded' },
  offline: { zh: '离线', en: 'Offline' },
  disabled: { zh: '已停用', en: 'Switched off' },
}

/** Short: each has to fit the two lines that a tile of the wall has. */
const REASONS: Readonly<Record<NonNullable<CameraStatus['reason']>, Pair>> = {
  starting: { zh: '正在连接摄像头', en: 'connecting' },
  sign_in_refused: { zh: '登录被拒，请核对账号密码', en: 'sign-in refused' },
  no_route: { zh: '网络不通，找不到地址', en: 'no route' },
  refused: { zh: '拒绝连接', en: 'connection refused' },
  timed_out: { zh: '连接超时，没有回应', en: 'no answer in time' },
  not_found: { zh: '摄像头没有这路画面', en: 'no such stream' },
  not_h264: { zh: '编码不支持（需 H.264/H.265）', en: 'not H.264 or H.265' },
  not_video: { zh: '该地址不是视频', en: 'not a video address' },
  address_refused: { zh: '地址不在允许的网段内', en: 'address not allowed' },
  redirected: { zh: '摄像头转向他处，已切断', en: 'redirected, cut off' },
  stalled: { zh: '画面中断，正在重连', en: 'picture stopped' },
  frozen: { zh: '画面静止', en: 'picture frozen' },
  slow: { zh: '帧率或码率明显偏低', en: 'low frame or bit rate' },
  disk_full: { zh: '磁盘已满，录像停止', en: 'disk full, not recorded' },
  ffmpeg_missing: { zh: '服务器缺少 ffmpeg', en: 'server has no ffmpeg' },
  hub_down: { zh: '视频服务正在重启', en: 'video is restarting' },
  switched_off: { zh: '由管理员停用', en: 'by an administrator' },
  lost: { zh: '信号丢失，正在重连', en: 'signal lost' },
}

const PHASES: Readonly<Record<PlayerPhase, Pair>> = {
  connecting: { zh: '正在连接', en: 'Connecting' },
  waiting: { zh: '等待画面', en: 'Waiting for the picture' },
  playing: { zh: '实时', en: 'Live' },
  frozen: { zh: '非实时画面', en: 'Not live' },
  ended: { zh: '观看权限已结束', en: 'No longer allowed to watch' },
  unsupported: { zh: '此浏览器无法播放', en: 'This browser cannot play it' },
}

const MARKS = {
  demo: { zh: '演示数据', en: 'Demo data' },
  transcoded: { zh: '转码', en: 'transcoded' },
  mpeg1: { zh: '兼容模式', en: 'compatibility mode' },
  sub: { zh: '子码流', en: 'sub-stream' },
  delay: { zh: '延迟', en: 'delay' },
  since: { zh: '自', en: 'since' },
} as const satisfies Record<string, Pair>

export const videoMark = (language: VideoLanguage, mark: keyof typeof MARKS): string => MARKS[mark][language]
export const phaseText = (language: VideoLanguage, phase: PlayerPhase): string => PHASES[phase][language]

/** A camera's state with its reason, such as 离线：连接超时，没有回应. */
export function cameraStatusText(language: VideoLanguage, { state, reason }: Pick<CameraStatus, 'state' | 'reason'>): string {
  const head = STATES[state][language]
  return reason === null ? head : `${head}${language === 'zh' ? '：' : ': '}${REASONS[reason][language]}`
}

const KINDS = { webcodecs: 'WebCodecs', mse: 'MSE', jsmpeg: 'JSMpeg' } as const

/** One line of figures: player, coding, size, frames, bit rate, delay; what is not known is left out. */
export function diagnosticsText(language: VideoLanguage, figures: PlayerDiagnostics): string {
  const { kind, mode, profile, wantedProfile, codec, widthPx, heightPx, fps, bitrateKbps, delayMs } = figures
  const parts: string[] = [KINDS[kind]]
  if (codec !== null) parts.push(codec)
  if (profile === 'sub' && wantedProfile === 'main') parts.push(videoMark(language, 'sub'))
  if (mode === 'transcoded' || mode === 'mpeg1') parts.push(videoMark(language, mode))
  if (widthPx !== null && heightPx !== null && widthPx > 0) parts.push(`${widthPx}×${heightPx}`)
  if (fps !== null) parts.push(`${fps.toFixed(0)} fps`)
  if (bitrateKbps !== null) parts.push(`${bitrateKbps} kbps`)
  if (delayMs !== null) parts.push(`${videoMark(language, 'delay')} ${delayMs} ms`)
  return parts.join(' · ')
}

const FAMILIES: Readonly<Record<string, string>> = { avc1: 'H.264', hvc1: 'H.265', hev1: 'H.265', mpeg1video: 'MPEG-1' }

/** The same in as few letters as a small tile has room for: coding, frames, bit rate, delay. */
export function shortDiagnosticsText(language: VideoLanguage, figures: PlayerDiagnostics): string {
  const { mode, profile, wantedProfile, codec, fps, bitrateKbps, delayMs } = figures
  const parts: string[] = []
  if (codec !== null) parts.push(FAMILIES[codec.split('.')[0] ?? ''] ?? codec)
  if (mode === 'transcoded') parts.push(videoMark(language, mode))
  if (profile === 'sub' && wantedProfile === 'main') parts.push(videoMark(language, 'sub'))
  // Without spaces before the units: the delay comes last, and a tile of a wall would cut it.
  if (fps !== null) parts.push(`${fps.toFixed(0)}fps`)
  if (bitrateKbps !== null) parts.push(`${(bitrateKbps / 1000).toFixed(1)}M`)
  if (delayMs !== null) parts.push(delayMs < 1_000 ? `${delayMs}ms` : `${(delayMs / 1_000).toFixed(1)}s`)
  return parts.join(' ')
}
