import { csvLine } from './import/csv.ts'
import type { HotspotAnswer } from './answer.ts'

/** What was decided about a place. */
export type DecidedAction = { readonly owner: string; readonly action: string; readonly dueOn: string | null }

/** The ranked table as CSV, with the parameters above it, so that the numbers can be asked for again. */
export function reportCsv({ head }: HotspotAnswer, actions: ReadonlyMap<string, DecidedAction>): string {
  const parameters = Object.entries(head.parameters).map(([name, value]) => csvLine([name, value === null ? '' : String(value)]))
  const columns = [
    'rank',
    'place',
    'lng',
    'lat',
    'cells',
    'class',
    'type',
    'count',
    'expected',
    'excess',
    'z',
    'p',
    'q',
    'previous',
    'year_ago',
    'hot_weeks',
    'weeks',
    'rate_per_1000',
    'rate_low',
    'rate_high',
    'owner',
    'action',
    'due',
  ]
  const rows = head.places.map((place) => {
    const action = actions.get(place.key)
    return csvLine([
      place.rank,
      place.name ?? place.key,
      place.lng,
      place.lat,
      place.cells,
      place.class,
      place.category,
      place.count ?? '<5',
      place.expected,
      place.excess,
      place.z,
      place.p,
      place.q,
      place.previous,
      place.yearAgo,
      place.hotWeeks,
      head.weeks,
      place.ratePerThousand,
      place.rateInterval?.[0] ?? null,
      place.rateInterval?.[1] ?? null,
      action?.owner ?? '',
      action?.action ?? '',
      action?.dueOn ?? '',
    ])
  })
  return `\uFEFF${[...parameters, csvLine(['seq', head.seq === null ? '' : head.seq]), '', columns.join(','), ...rows].join('\r\n')}\r\n`
}
