import type { EmergingCategory } from '../../../shared/hotspot/category.ts'
import type { HotPlace } from '../../../shared/hotspot/answer.ts'
import { hotspotText, isHotspotTextKey, type HotspotTextKey } from '../../i18n/hotspot-texts.ts'
import type { Language } from '../../i18n/language.ts'

/** Per cent of confidence of a class's size. */
export const LEVELS: Readonly<Record<number, number>> = { 1: 90, 2: 95, 3: 99 }

/** `热 99%`, or the word for none. */
export function classText(language: Language, level: number): string {
  if (level === 0) return hotspotText(language, 'class.none')
  return hotspotText(language, level > 0 ? 'class.hot' : 'class.cold', { level: LEVELS[Math.abs(level)] ?? 90 })
}

/** `持续`, whether hot or cold: the class beside it says which. */
export function typeText(language: Language, category: EmergingCategory | null): string {
  if (category === null) return '—'
  const kind = category === 'no_pattern' ? 'none' : (category.split('_')[0] ?? 'none')
  return hotspotText(language, `type.${kind}` as HotspotTextKey)
}

/** A count that may be hidden. */
export function countText(language: Language, count: number | null): string {
  return count === null ? hotspotText(language, 'hidden') : String(count)
}

/** `<0.001` or three decimals. */
export function pText(p: number | null): string {
  if (p === null) return '—'
  return p < 0.001 ? '<0.001' : p.toFixed(3)
}

/** `+38%`; a dash where there is nothing to compare with. */
export function changeText(now: number | null, before: number | null): string {
  if (now === null || before === null || before === 0) return '—'
  const change = Math.round((100 * (now - before)) / before)
  return `${change > 0 ? '+' : change < 0 ? '−' : ''}${Math.abs(change)}%`
}

/** What a place is called: the name near it, else its cell. */
export function placeText(language: Language, place: Pick<HotPlace, 'name' | 'nameEn' | 'key'>): string {
  return (language === 'en' ? (place.nameEn ?? place.name) : place.name) ?? hotspotText(language, 'grid', { key: place.key })
}

/** Who reported, in words; what an import calls a source stays as it is. */
export function sourceText(language: Language, source: string): string {
  if (source === '') return hotspotText(language, 'source.none')
  const key = `source.${source}`
  return isHotspotTextKey(key) ? hotspotText(language, key) : source
}

/** Cases per hundred patrols, with one decimal; a dash without a patrol. */
export function perHundred({ visits, cases }: { readonly visits: number; readonly cases: number }): string {
  return visits === 0 ? '—' : ((100 * cases) / visits).toFixed(1)
}
