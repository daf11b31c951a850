import type { EChartsCoreOption } from 'echarts/core'

import type { TrendAnswer } from '../../shared/protocol/trend.ts'

const DIGITS = "'Barlow Semi Condensed', 'Noto Sans SC', sans-serif"
const SANS = "'Noto Sans SC', sans-serif"

export interface TrendWords {
  readonly today: string
  readonly mean: string
}

/** Alarms raised and cases reported together, hour by hour, beside the mean of the days before. @param unit pixels of a design pixel */
export function trendOption({ alarms, cases }: TrendAnswer, words: TrendWords, unit: number): EChartsCoreOption {
  const today = alarms.today.map((count, hour) => (count === null ? null : count + (cases.today[hour] ?? 0)))
  const mean =
    alarms.mean === null && cases.mean === null
      ? []
      : Array.from({ length: 24 }, (_, hour) => (alarms.mean?.[hour] ?? 0) + (cases.mean?.[hour] ?? 0))
  const most = Math.max(4, ...today.map((count) => count ?? 0), ...mean)
  const step = Math.max(1, Math.ceil(most / 4))
  const last = today.findLastIndex((count) => count !== null)
  const axis = { color: '#93a7c3', fontSize: 18 * unit, fontFamily: DIGITS }
  return {
    animation: false,
    textStyle: { fontFamily: SANS },
    grid: { left: 34 * unit, right: 12 * unit, top: 38 * unit, bottom: 30 * unit },
    legend: {
      top: 0,
      right: 0,
      itemWidth: 22 * unit,
      itemHeight: 3 * unit,
      itemGap: 20 * unit,
      textStyle: { color: '#b3c4dc', fontSize: 18 * unit },
      data: [{ name: words.today, icon: 'rect' }, ...(mean.length === 0 ? [] : [{ name: words.mean, icon: 'rect' }])],
    },
    xAxis: {
      type: 'category',
      boundaryGap: false,
      data: Array.from({ length: 24 }, (_, hour) => `${String(hour).padStart(2, '0')}:00`),
      axisLine: { lineStyle: { color: '#2c466e' } },
      axisTick: { show: false },
      axisLabel: { ...axis, interval: 5, showMaxLabel: false },
    },
    yAxis: {
      type: 'value',
      max: step * Math.ceil(most / step),
      interval: step,
      splitLine: { lineStyle: { color: '#1b2c47' } },
      axisLabel: axis,
    },
    series: [
      ...(mean.length === 0
        ? []
        : [
            {
              name: words.mean,
              type: 'line',
              data: mean,
              smooth: 0.35,
              symbol: 'none',
              lineStyle: { color: '#8fa5c4', width: 2 * unit, type: [6 * unit, 5 * unit] },
              itemStyle: { color: '#8fa5c4' },
            },
          ]),
      {
        name: words.today,
        type: 'line',
        data: today,
        symbol: 'none',
        lineStyle: { color: '#5cc8ff', width: 3.5 * unit },
        itemStyle: { color: '#5cc8ff' },
        areaStyle: { color: 'rgba(92,200,255,.22)' },
        markPoint: {
          symbol: 'circle',
          symbolSize: 13 * unit,
          silent: true,
          label: { show: false },
          itemStyle: { color: '#0a1424', borderColor: '#5cc8ff', borderWidth: 4 * unit },
          data: last < 0 ? [] : [{ coord: [last, today[last]] }],
        },
      },
    ],
  }
}

/** Bars of the day's cases by kind, most first. @param labelPx design pixels for the names */
export function categoriesOption(
  rows: readonly { readonly name: string; readonly count: number }[],
  labelPx: number,
  unit: number,
): EChartsCoreOption {
  return {
    animation: false,
    grid: { left: (labelPx + 14) * unit, right: 44 * unit, top: 0, bottom: 0 },
    xAxis: { type: 'value', max: Math.max(4, ...rows.map(({ count }) => count)), show: false },
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map(({ name }) => name),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: '#b3c4dc',
        fontSize: 18 * unit,
        fontFamily: SANS,
        margin: 14 * unit,
        width: labelPx * unit,
        overflow: 'truncate',
      },
    },
    series: [
      {
        type: 'bar',
        data: rows.map(({ count }) => count),
        barWidth: 12 * unit,
        showBackground: true,
        backgroundStyle: { color: '#13233b', borderRadius: 2 },
        itemStyle: { color: '#3f8fd6', borderRadius: 2 },
        label: {
          show: true,
          position: 'right',
          color: '#eef5ff',
          fontSize: 22 * unit,
          fontFamily: DIGITS,
          fontWeight: 600,
          distance: 10 * unit,
        },
      },
    ],
  }
}
