import { parseInstant, type FieldValue } from '../../../shared/domain/field.ts'
import { fieldSpecsOf, type LayerName } from '../../../shared/domain/layers.ts'
import { parseReason } from '../../../shared/alarms/reason.ts'
import type { Category } from '../../../shared/site/site.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { DESK_TEXTS, deskText } from '../../i18n/desk-texts.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { textOf, type Language } from '../../i18n/language.ts'
import { isTextKey } from '../../i18n/texts.ts'
import { cameraReasonText } from './camera-reason.ts'

const UNITS: Readonly<Record<string, string>> = {
  bearingDeg: '°',
  fieldOfViewDeg: '°',
  headingDeg: '°',
  rangeMeters: ' m',
  bitrateKbps: ' kbps',
  fps: ' fps',
  temperatureC: ' °C',
}

/** The words for a choice may differ by layer: a station's `closed` is not a case's. */
const CHOICE_PREFIXES: Readonly<Record<string, string>> = {
  'stations.state': 'station',
  'cameras.state': 'camera',
  'alarms.state': 'alarm',
  'residents.care': 'care',
  'buildings.careBand': 'care',
}

/** What a desk shows of a field: in words, with its unit; a value without words is shown as it is. */
export function fieldText(
  layer: LayerName,
  name: string,
  value: FieldValue,
  language: Language,
  categories: readonly Category[],
): string {
  if (value === null) return textOf(language, 'value.null')
  if (typeof value === 'boolean') return textOf(language, value ? 'value.true' : 'value.false')
  if (typeof value === 'number') return `${value}${UNITS[name] ?? ''}`
  if (typeof value === 'string') return wordsOf(layer, name, value, language, categories)
  if ('layer' in value) return value.id
  return name === 'position' ? value.map((part) => Number(part).toFixed(6)).join(', ') : value.join(', ')
}

function wordsOf(layer: LayerName, name: string, value: string, language: Language, categories: readonly Category[]): string {
  const spec = fieldSpecsOf(layer)[name]
  if (spec?.kind === 'time') return dayAndTime(parseInstant(value) ?? 0, language)
  if (spec?.kind === 'choice') return choiceText(layer, name, value, language)
  if (layer === 'alarms' && name === 'kind') return alarmKindText(value, language)
  if (layer === 'alarms' && name === 'reason') {
    const code = parseReason(value)?.code ?? null
    return code === null ? '…' : textOf(language, `reason.${code}`)
  }
  if (name === 'categoryCode') {
    const category = categories.find(({ code }) => code === value)
    return category === undefined ? value : language === 'zh' ? category.name : category.nameEn
  }
  return value
}

function choiceText(layer: LayerName, name: string, value: string, language: Language): string {
  if (layer === 'cameras' && name === 'reason') return cameraReasonText(value, language)
  const prefix = CHOICE_PREFIXES[`${layer}.${name}`] ?? 'value'
  const key = `${prefix}.${value}`
  if (isTextKey(key)) return textOf(language, key)
  if (key in DESK_TEXTS) return deskText(language, key as keyof typeof DESK_TEXTS)
  return value
}

/** A field's name in words. */
export function fieldName(name: string, language: Language): string {
  const key = `field.${name}`
  return isTextKey(key) ? textOf(language, key) : name
}

/** The fields of a layer that a panel shows, in their declared order; a place is on the map, a name in the head. */
export function shownFields(layer: LayerName): readonly string[] {
  const seen = Object.entries(fieldSpecsOf(layer)).filter(([, { hiddenFrom }]) => !hiddenFrom.includes('*'))
  return seen.map(([name]) => name).filter((name) => name !== 'name' && name !== 'position')
}
