import { CATEGORY_COLUMNS, categorySchema, type Category } from '../../shared/site/site.ts'
import { readCsv } from './csv.ts'
import type { SiteProblem } from './site-problem.ts'

/** The rows of a `categories.csv` by its head line, in any order of columns; what is wrong with it is added to `problems`. */
export function readCategories(text: string, problems: SiteProblem[]): readonly Category[] {
  const [head, ...rows] = readCsv(text)
  if (head === undefined) return []
  const file = 'categories.csv'
  const missing = CATEGORY_COLUMNS.filter((column) => !head.includes(column))
  if (missing.length > 0) {
    problems.push({ file, message: `has no column ${missing.join(', ')}` })
    return []
  }
  const categories: Category[] = []
  const codes = new Set<string>()
  for (const [index, row] of rows.entries()) {
    const cells = Object.fromEntries(CATEGORY_COLUMNS.map((column) => [column, row[head.indexOf(column)] ?? '']))
    const parsed = categorySchema.safeParse(cells)
    const line = index + 2
    if (!parsed.success) {
      const issue = parsed.error.issues[0]
      problems.push({ file, message: `line ${line}: ${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not valid'}` })
    } else if (codes.has(parsed.data.code))
      problems.push({ file, message: `line ${line}: code ${parsed.data.code} stands twice` })
    else {
      codes.add(parsed.data.code)
      categories.push(parsed.data)
    }
  }
  return categories
}
