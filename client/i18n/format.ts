import type { Language } from './language.ts'

const ZONE = 'Asia/Shanghai'
const LOCALES = { zh: 'zh-CN', en: 'en-GB' } as const

const formats = new Map<string, Intl.DateTimeFormat>()
function formatOf(language: Language, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${language} ${name}`
  const format = formats.get(key) ?? new Intl.DateTimeFormat(LOCALES[language], { timeZone: ZONE, ...options })
  formats.set(key, format)
  return format
}

/** `14:35:08`, Beijing time. */
export function clockTime(ms: number): string {
  return formatOf('en', 'clock', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' }).format(ms)
}
/** `14:35`, Beijing time. */
export function minuteTime(ms: number): string {
  return formatOf('en', 'minute', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(ms)
}
/** `2026年11月23日` or `23 November 2026`. */
export function longDate(ms: number, language: Language): string {
  return formatOf(language, 'date', { year: 'numeric', month: 'long', day: 'numeric' }).format(ms)
}
/** `星期一` or `Monday`. */
export function weekday(ms: number, language: Language): string {
  return formatOf(language, 'weekday', { weekday: 'long' }).format(ms)
}
/** `11月23日 14:35:08` or `23 Nov, 14:35:08`. */
export function dayAndTime(ms: number, language: Language): string {
  const month = language === 'zh' ? 'long' : 'short'
  return formatOf(language, 'day', {
    month,
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).format(ms)
}

const UNITS = {
  zh: { d: ' 天', h: ' 小时', m: ' 分', s: ' 秒' },
  en: { d: ' d', h: ' h', m: ' min', s: ' s' },
} as const

/** How long ago, in the largest unit that fits: `35 秒`, `12 分`, `3 小时`, `2 天`. */
export function duration(ms: number, language: Language): string {
  const unit = UNITS[language]
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds}${unit.s}`
  if (seconds < 3600) return `${Math.floor(seconds / 60)}${unit.m}`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)}${unit.h}`
  return `${Math.floor(seconds / 86_400)}${unit.d}`
}

/** `12,846`. */
export function wholeNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
}
