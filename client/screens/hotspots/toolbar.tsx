import type { ReactElement, ReactNode } from 'react'

import { hotspotText, isHotspotTextKey } from '../../i18n/hotspot-texts.ts'
import { useTexts, type Language } from '../../i18n/language.ts'
import { DateField } from './date-field.tsx'
import type { DatasetList, Question, StudyAnswer } from './hotspot-api.ts'
import { Menu, Popover } from './menu.tsx'

const DAY_MS = 24 * 3600 * 1000
const CELL_SIDES = [30, 40, 60, 80, 100, 150, 200, 300, 500, 1000]
const PERIODS = [7, 30, 90, 365]
/** Categories with a button of their own; the others are in a list. */
const FIRST = 3

interface ToolbarProps {
  readonly question: Question
  readonly study: StudyAnswer
  readonly list: DatasetList
  /** What a category is called in the reader's language. */
  readonly categoryText: (name: string) => string
  readonly onChange: (changed: Partial<Question>) => void
}

/** A day some days before another. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) - days * DAY_MS).toISOString().slice(0, 10)
}

function rateText(language: Language, rate: string | null): string {
  if (rate === null) return hotspotText(language, 'count')
  const key = `rate.${rate}`
  return isHotspotTextKey(key) ? hotspotText(language, key) : rate
}

/** What is looked at, when, and how: the questions that are fixed before looking. */
export function Toolbar({ question, study, list, categoryText, onChange }: ToolbarProps): ReactElement {
  const { language } = useTexts()
  const t = (key: Parameters<typeof hotspotText>[1], values = {}): string => hotspotText(language, key, values)
  const days = Math.round((Date.parse(question.to) - Date.parse(question.from)) / DAY_MS) + 1
  const first = study.categories.slice(0, FIRST)
  const rest = study.categories.slice(FIRST)
  const inRest = rest.some(({ name }) => name === question.category)
  const datasets = [
    ...(list.community ? [{ value: 'community', text: t('community') }] : []),
    ...list.datasets.map(({ id, name }) => ({ value: id, text: name })),
  ]
  return (
    <div className="hs-toolbar">
      <Menu
        label={t('dataset')}
        text={datasets.find(({ value }) => value === question.dataset)?.text ?? t('dataset')}
        options={datasets}
        value={question.dataset}
        onChoose={(dataset) => onChange({ dataset, category: null, rate: null })}
      />
      <fieldset aria-label={t('category')}>
        <button type="button" aria-pressed={question.category === null} onClick={() => onChange({ category: null })}>
          {t('all')}
        </button>
        {first.map(({ name }) => (
          <button key={name} type="button" aria-pressed={question.category === name} onClick={() => onChange({ category: name })}>
            {categoryText(name)}
          </button>
        ))}
        {rest.length === 0 ? null : (
          <Menu
            label={t('category.more')}
            text={inRest ? categoryText(question.category ?? '') : t('category.more')}
            pressed={inRest}
            options={rest.map(({ name, count }) => ({ value: name, text: categoryText(name), note: String(count) }))}
            value={question.category ?? ''}
            onChoose={(category) => onChange({ category })}
          />
        )}
      </fieldset>
      <fieldset aria-label={t('period')}>
        {PERIODS.map((period) => (
          <button
            key={period}
            type="button"
            aria-pressed={days === period}
            onClick={() => onChange({ from: dayBefore(question.to, period - 1) })}
          >
            {t('days', { days: period })}
          </button>
        ))}
      </fieldset>
      <span className="hs-dates">
        <DateField
          label={t('period.from')}
          value={question.from}
          max={question.to}
          required
          onChange={(from) => onChange({ from })}
        />
        {t('to')}
        <DateField label={t('period.to')} value={question.to} min={question.from} required onChange={(to) => onChange({ to })} />
      </span>
      <Popover
        kind="dialog"
        label={t('parameters')}
        text={`${t('metres', { metres: question.cellMeters })} · ${t('ring.of', { ring: question.ring })} · ${rateText(language, question.rate)}${question.mode === 'z' ? ' · z' : ''}`}
      >
        {() => (
          <div className="hs-parameters">
            <Choice
              label={t('cell')}
              value={String(question.cellMeters)}
              options={[...new Set([...CELL_SIDES, question.cellMeters])]
                .toSorted((a, b) => a - b)
                .map((metres) => ({ value: String(metres), text: t('metres', { metres }) }))}
              onChoose={(metres) => onChange({ cellMeters: Number(metres) })}
            />
            <Choice
              label={t('ring')}
              value={String(question.ring)}
              options={[1, 2, 3].map((ring) => ({ value: String(ring), text: t('ring.of', { ring }) }))}
              onChoose={(ring) => onChange({ ring: Number(ring) as Question['ring'] })}
            />
            <Choice
              label={t('measure')}
              value={question.rate ?? ''}
              options={[null, ...study.study.rates].map((rate) => ({ value: rate ?? '', text: rateText(language, rate) }))}
              onChoose={(rate) => onChange({ rate: rate === '' ? null : rate })}
            />
            <Choice
              label={t('test')}
              value={question.mode}
              options={(['exact', 'z'] as const).map((mode) => ({ value: mode, text: t(`mode.${mode}`) }))}
              onChoose={(mode) => onChange({ mode: mode === 'z' ? 'z' : 'exact' })}
            />
            {question.rate === null ? null : <p>{t('rate.z')}</p>}
            <p>{t('fixed')}</p>
          </div>
        )}
      </Popover>
    </div>
  )
}

interface ChoiceProps {
  readonly label: ReactNode
  readonly value: string
  readonly options: readonly { readonly value: string; readonly text: string }[]
  readonly onChoose: (value: string) => void
}

function Choice({ label, value, options, onChoose }: ChoiceProps): ReactElement {
  return (
    <fieldset>
      <legend>{label}</legend>
      {options.map((option) => (
        <button key={option.value} type="button" aria-pressed={option.value === value} onClick={() => onChoose(option.value)}>
          {option.text}
        </button>
      ))}
    </fieldset>
  )
}
