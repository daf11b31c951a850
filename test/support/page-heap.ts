import type { CDPSession } from 'playwright-core'
import { z } from 'zod'

/** What a page holds after its garbage was collected. */
export interface PageHeap {
  readonly usedBytes: number
  readonly nodes: number
  readonly listeners: number
}

/** @param session of `context.newCDPSession(page)`, with `Performance.enable` sent */
export async function pageHeap(session: CDPSession): Promise<PageHeap> {
  // Twice: what a finalizer lets go of in the first is collected in the second.
  for (let round = 0; round < 2; round += 1) await session.send('HeapProfiler.collectGarbage')
  const { usedSize } = await session.send('Runtime.getHeapUsage')
  const { metrics } = await session.send('Performance.getMetrics')
  const of = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN
  return { usedBytes: usedSize, nodes: of('Nodes'), listeners: of('JSEventListeners') }
}

const snapshotSchema = z.object({
  snapshot: z.object({
    meta: z.object({ node_fields: z.array(z.string()), node_types: z.tuple([z.array(z.string())]).rest(z.unknown()) }),
  }),
  nodes: z.array(z.number()),
})

/**
 * Bytes of what a page holds but for compiled code, of which a page makes megabytes more in its first two minutes, the sooner
 * the quicker the machine is.
 */
export async function pageDataBytes(session: CDPSession): Promise<number> {
  let text = ''
  const take = ({ chunk }: { chunk: string }): void => void (text += chunk)
  session.on('HeapProfiler.addHeapSnapshotChunk', take)
  // Collects garbage by itself, before it looks.
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false })
  session.off('HeapProfiler.addHeapSnapshotChunk', take)
  const { snapshot, nodes } = snapshotSchema.parse(JSON.parse(text))
  const { node_fields: fields, node_types: types } = snapshot.meta
  const [type, size, code] = [fields.indexOf('type'), fields.indexOf('self_size'), types[0].indexOf('code')]
  let bytes = 0
  for (let node = 0; node < nodes.length; node += fields.length) if (nodes[node + type] !== code) bytes += nodes[node + size] ?? 0
  return bytes
}

/** The slope of the least-squares line through samples, per second. */
export function slopePerSecond(samples: readonly { readonly atMs: number; readonly value: number }[]): number {
  const mean = (of: (sample: { atMs: number; value: number }) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length
  const meanAt = mean(({ atMs }) => atMs)
  const meanValue = mean(({ value }) => value)
  const across = samples.reduce((sum, { atMs, value }) => sum + (atMs - meanAt) * (value - meanValue), 0)
  const spread = samples.reduce((sum, { atMs }) => sum + (atMs - meanAt) ** 2, 0)
  return (across / spread) * 1_000
}
