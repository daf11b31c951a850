import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkPointComponent } from 'echarts/components'
import { init, use as register, type EChartsCoreOption, type EChartsType } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { useEffect, useRef, type ReactElement } from 'react'

register([BarChart, LineChart, GridComponent, LegendComponent, MarkPointComponent, CanvasRenderer])

/** A chart that fills its place and follows its size; `label` says in words what it shows. */
export function Chart({ option, label }: { readonly option: EChartsCoreOption; readonly label: string }): ReactElement {
  const host = useRef<HTMLDivElement | null>(null)
  const chart = useRef<EChartsType | null>(null)
  useEffect(() => {
    if (host.current === null) return undefined
    const made = init(host.current)
    chart.current = made
    const sizes = new ResizeObserver(() => made.resize())
    sizes.observe(host.current)
    return () => {
      sizes.disconnect()
      made.dispose()
      chart.current = null
    }
  }, [])
  useEffect(() => {
    chart.current?.setOption(option, { notMerge: true })
  }, [option])
  return <div ref={host} className="chart" role="img" aria-label={label} />
}
