import { useMemo, type ReactElement } from 'react'
import { z } from 'zod'

import { trendAnswerSchema, type TrendAnswer } from '../../../shared/protocol/trend.ts'
import type { Category } from '../../../shared/site/site.ts'
import { minuteTime, wholeNumber } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { isStale, stationStatus } from '../../map/marks.ts'
import { Chart } from '../../panels/chart.tsx'
import { StatusMark } from '../../panels/status-mark.tsx'
import { categoriesOption, trendOption } from '../../panels/trend-option.ts'
import { usePolled } from '../../panels/use-polled.ts'
import type { LayerMirror, Mirror } from '../../store/mirror.ts'
import { useLayerValue } from '../../store/use-mirror.ts'

const overviewSchema = z.object({
  at: z.string(),
  residents: z.object({ count: z.number() }).optional(),
  cases: z.object({ open: z.number() }).optional(),
})

const OVERVIEW_MS = 5_000
const TREND_MS = 15_000

export function useTrend(): TrendAnswer | null {
  return usePolled('/api/trend', trendAnswerSchema, TREND_MS)
}

const openMerchants = (layer: LayerMirror): number =>
  [...layer.records.values()].filter(({ fields }) => fields['open'] === true).length
const camerasOnline = (layer: LayerMirror): number =>
  [...layer.records.values()].filter(({ fields }) => fields['state'] === 'online' || fields['state'] === 'degraded').length
const countOf = (layer: LayerMirror): number => layer.records.size

/** 社区概况: four figures, each the server's or the mirror's own. */
export function CountsPanel({ mirror, trend }: { readonly mirror: Mirror; readonly trend: TrendAnswer | null }): ReactElement {
  const { t } = useTexts()
  const overview = usePolled('/api/overview', overviewSchema, OVERVIEW_MS)
  const open = useLayerValue(mirror, 'merchants', openMerchants)
  const online = useLayerValue(mirror, 'cameras', camerasOnline)
  const cameras = useLayerValue(mirror, 'cameras', countOf)
  const cases = trend === null ? null : trend.cases.today.reduce<number>((sum, count) => sum + (count ?? 0), 0)
  const figure = (value: number | null | undefined): string => (value === null || value === undefined ? '—' : wholeNumber(value))
  return (
    <section className="wall-panel">
      <h2>
        {t('counts.title')}
        <small>{overview === null ? '' : t('counts.asOf', { time: minuteTime(Date.parse(overview.at)) })}</small>
      </h2>
      <dl className="wall-counts">
        <div>
          <dt>{t('counts.residents')}</dt>
          <dd className="digits">
            {figure(overview?.residents?.count)}
            <em>{t('counts.people')}</em>
          </dd>
        </div>
        <div>
          <dt>{t('counts.merchants')}</dt>
          <dd className="digits">
            {figure(open)}
            <em>{t('counts.shops')}</em>
          </dd>
        </div>
        <div>
          <dt>{t('counts.cameras')}</dt>
          <dd className="digits">
            {figure(online)}
            <em>/ {figure(cameras)}</em>
          </dd>
        </div>
        <div>
          <dt>{t('counts.cases')}</dt>
          <dd className="digits">
            {figure(cases)}
            <em>{overview?.cases === undefined ? '' : t('counts.openCases', { count: overview.cases.open })}</em>
          </dd>
        </div>
      </dl>
    </section>
  )
}

/** 24 hours of alarms and cases beside the mean of the days before. */
export function TrendPanel({ trend, unit }: { readonly trend: TrendAnswer | null; readonly unit: number }): ReactElement {
  const { t, language } = useTexts()
  const option = useMemo(
    () =>
      trend === null
        ? null
        : trendOption(trend, { today: t('trend.today'), mean: t('trend.mean', { days: trend.meanDays }) }, unit),
    // The words change with the language alone.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [trend, unit, language],
  )
  return (
    <section className="wall-panel wall-grow">
      <h2>
        {t('trend.title')}
        <small>{t('trend.unit')}</small>
      </h2>
      {option === null ? <p className="wall-empty">—</p> : <Chart option={option} label={t('trend.title')} />}
    </section>
  )
}

const MOST_CATEGORIES = 4

interface CategoriesProps {
  readonly trend: TrendAnswer | null
  readonly categories: readonly Category[]
  readonly unit: number
}

/** Today's cases by group of their category. */
export function CategoriesPanel({ trend, categories, unit }: CategoriesProps): ReactElement {
  const { t, language } = useTexts()
  const rows = useMemo(() => {
    const byGroup = new Map<string, number>()
    for (const { code, count } of trend?.categories ?? []) {
      const category = categories.find((each) => each.code === code)
      const group = category === undefined ? '' : language === 'zh' ? category.group : category.groupEn
      byGroup.set(group, (byGroup.get(group) ?? 0) + count)
    }
    return [...byGroup]
      .map(([name, count]) => ({ name, count }))
      .toSorted((a, b) => b.count - a.count)
      .slice(0, MOST_CATEGORIES)
  }, [trend, categories, language])
  const option = useMemo(
    () =>
      categoriesOption(
        rows.map(({ name, count }) => ({ name: name === '' ? t('categories.other') : name, count })),
        language === 'zh' ? 90 : 190,
        unit,
      ),
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [rows, unit, language],
  )
  return (
    <section className="wall-panel wall-categories">
      <h2>
        {t('categories.title')}
        <small>{t('categories.unit')}</small>
      </h2>
      {rows.length === 0 ? (
        <p className="wall-empty">{t('trend.none')}</p>
      ) : (
        <Chart option={option} label={t('categories.title')} />
      )}
    </section>
  )
}

interface Tile {
  readonly id: string
  readonly label: string
  readonly name: string
  readonly status: 'ok' | 'warning' | 'alarm' | 'offline'
  readonly observedAt: number
}

/** The number of a station is in its name (`21号驿站`), else its place in the list. */
const tilesOf = (layer: LayerMirror): Tile[] =>
  [...layer.records.values()]
    .map(({ id, fields, observedAt }) => {
      const name = typeof fields['name'] === 'string' ? fields['name'] : id
      return {
        id,
        name,
        number: Number(/\d+/.exec(name)?.[0] ?? /\d+/.exec(id)?.[0] ?? 0),
        status: stationStatus(fields),
        observedAt,
      }
    })
    .toSorted((a, b) => a.number - b.number || (a.id < b.id ? -1 : 1))
    .map(({ number, ...tile }, index) => ({ ...tile, label: String(number === 0 ? index + 1 : number) }))

const STATUSES = ['ok', 'warning', 'alarm', 'offline'] as const

/** All stations always: number, state by form and colour, dotted when its news is old. */
export function StationsPanel({ mirror, nowMs }: { readonly mirror: Mirror; readonly nowMs: number }): ReactElement {
  const { t } = useTexts()
  const tiles = useLayerValue(mirror, 'stations', tilesOf)
  const stale = tiles.filter(({ observedAt }) => isStale('stations', observedAt, nowMs)).length
  return (
    <section className="wall-panel">
      <h2>
        {t('stations.title')}
        <small>
          {t('stations.count', { count: tiles.length })}
          {stale === 0 ? '' : ` · ${t('legend.stale')} ${stale}`}
        </small>
      </h2>
      <ul className="wall-stations digits">
        {tiles.map(({ id, label, name, status, observedAt }) => (
          <li key={id} title={name} data-status={isStale('stations', observedAt, nowMs) ? 'stale' : status}>
            {label}
          </li>
        ))}
      </ul>
      <ul className="wall-keys">
        {STATUSES.map((status) => (
          <li key={status}>
            <StatusMark status={status} />
            {t(`stations.${status}`)}
            <b className="digits">{tiles.filter((tile) => tile.status === status).length}</b>
          </li>
        ))}
      </ul>
    </section>
  )
}
