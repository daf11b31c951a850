import { z } from 'zod'

import type { Role } from '../../../shared/domain/roles.ts'
import { watchSchema } from '../../../shared/protocol/progress.ts'
import { MOST_CELLS } from '../../../shared/hotspot/analysis.ts'
import type { AnswerParameters } from '../../../shared/hotspot/answer.ts'
import type { AnswerOutcome } from '../../hotspots/analysis-service.ts'
import { COMMUNITY, PATROLS } from '../../hotspots/community-study.ts'
import { BASE_KINDS } from '../../hotspots/datasets.ts'
import type { Hotspots, Study } from '../../hotspots/hotspots.ts'
import { answer, problem, type Answer } from '../route.ts'

/** Who looks at hotspots; counts under five are shown to the office alone. */
export const readers = { roles: ['duty', 'supervisor', 'office'] } as const
export const officeOnly = { roles: ['office'] } as const
export const seesSmallCells = (role: Role): boolean => role === 'office'

const day = z.iso.date()
const querySchema = z.strictObject({
  dataset: z.string().min(1).max(64).default(COMMUNITY),
  from: day,
  to: day,
  category: z.string().max(120).optional(),
  cell: z.coerce.number().min(10).max(5000).default(60),
  ring: z.coerce
    .number()
    .pipe(z.union([z.literal(1), z.literal(2), z.literal(3)]))
    .default(1),
  mode: z.enum(['exact', 'z']).default('exact'),
  rate: z.enum([...BASE_KINDS, PATROLS]).optional(),
  download: z.literal('1').optional(),
  watch: watchSchema.optional(),
})

export const noDataset = (): Answer => problem('not_found', 'no such dataset, or no site yet')

/** A question as it was understood, or the refusal of it. */
type Asked = { study: Study; parameters: AnswerParameters; download: boolean; watch: string | null } | { refused: Answer }

/** Reads the query that analyses, cells and downloads share. */
export async function readQuestion(hotspots: Hotspots, query: URLSearchParams): Promise<Asked> {
  // A parameter without a value asks for the usual one; a category without a name is a category.
  const given = [...query].filter(([name, value]) => value !== '' || name === 'category')
  const read = querySchema.safeParse(Object.fromEntries(given))
  if (!read.success) {
    const issue = read.error.issues[0]
    return { refused: problem('bad_field', issue?.message ?? 'not valid', { field: issue?.path.join('.') ?? '' }) }
  }
  const { dataset, from, to, category, cell, ring, mode, rate, download, watch } = read.data
  const study = await hotspots.study(dataset)
  if (study === null) return { refused: noDataset() }
  if (to < from) return { refused: problem('bad_field', 'the period ends before it begins', { field: 'to' }) }
  if (rate !== undefined && !study.rates.includes(rate))
    return { refused: problem('bad_field', 'no such denominator', { field: 'rate' }) }
  const parameters = {
    dataset,
    from,
    to,
    timeZone: study.timeZone,
    category: category ?? null,
    cellMeters: cell,
    ring,
    mode,
    rate: rate ?? null,
  }
  return { study, parameters, download: download !== undefined, watch: watch ?? null }
}

/** The answer to a question, or its refusal with the bound that it breaks and what would fit. */
export function written(made: AnswerOutcome, type: string, fileName: string | null): Answer {
  if (made.ok) {
    const disposition: Record<string, string> =
      fileName === null ? {} : { 'Content-Disposition': `attachment; filename="${fileName}"` }
    return answer(made.bytes, { headers: { 'Content-Type': type, 'X-Cache': made.fromCache ? 'hit' : 'miss', ...disposition } })
  }
  const { why } = made
  switch (why.code) {
    case 'too_many_cells':
      return problem(
        'too_many_cells',
        `${why.cells} cells are over the limit of ${MOST_CELLS}; cells of ${why.fittingCellMeters} m fit`,
        {
          field: 'cell',
          facts: { limit: why.limit, cells: why.cells, fittingCellMeters: why.fittingCellMeters },
        },
      )
    case 'period_too_long':
      return problem('period_too_long', `the period is over the limit of ${why.limitYears} years`, {
        field: 'from',
        facts: { limitYears: why.limitYears },
      })
    case 'empty_area':
      return problem('bad_field', 'the outline has no area', { field: 'dataset' })
    case 'empty_period':
      return problem('bad_field', 'the period is empty', { field: 'to' })
    case 'no_denominator':
      return problem('bad_field', 'no such denominator', { field: 'rate' })
    case 'no_such_cell':
      return problem('not_found', 'no such cell')
    case 'no_such_dataset':
      return noDataset()
    case 'too_busy':
    case 'cancelled':
      return problem('overloaded', 'other analyses come first', { retryAfterMs: 2_000 })
    case 'stopping':
      return problem('stopping', 'the server is stopping', { retryAfterMs: 5_000 })
  }
}
