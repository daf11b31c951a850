/** Why a text is no table that can be taken. */
export type CsvProblem = { code: 'unclosed_quote'; row: number } | { code: 'too_many_rows'; limit: number } | { code: 'empty' }

/** Rows of cells; the first row is the headings. */
export type CsvResult = { code: 'ok'; rows: string[][] } | CsvProblem

/** The separator of a CSV text: the one of comma, semicolon and tab that occurs most in its first line outside quotes. */
export function separatorOf(text: string): ',' | ';' | '\t' {
  const end = text.search(/[\r\n]/)
  const line = (end < 0 ? text : text.slice(0, end)).replaceAll(/"[^"]*"/g, '')
  const times = (mark: string): number => line.split(mark).length - 1
  if (times('\t') > times(',') && times('\t') >= times(';')) return '\t'
  return times(';') > times(',') ? ';' : ','
}

/**
 * Reads CSV as RFC 4180 has it, and as spreadsheets write it: quoted cells with doubled quotes and line breaks, any of
 * CRLF, LF and CR, a byte order mark, comma, semicolon or tab. Blank lines are left out.
 */
export function parseCsv(text: string, mostRows: number): CsvResult {
  const body = text.startsWith('\uFEFF') ? text.slice(1) : text
  const separator = separatorOf(body)
  const rows: string[][] = []
  let row: string[] = []
  let at = 0
  const endRow = (): void => {
    if (row.length > 1 || row[0]?.trim() !== '') rows.push(row)
    row = []
  }
  while (at < body.length) {
    if (body[at] === '"') {
      let cell = ''
      let from = at + 1
      for (;;) {
        const quote = body.indexOf('"', from)
        if (quote < 0) return { code: 'unclosed_quote', row: rows.length + 1 }
        cell += body.slice(from, quote)
        if (body[quote + 1] === '"') {
          cell += '"'
          from = quote + 2
        } else {
          at = quote + 1
          break
        }
      }
      const next = nextBreak(body, at, separator)
      row.push(cell + body.slice(at, next))
      at = next
    } else {
      const next = nextBreak(body, at, separator)
      row.push(body.slice(at, next))
      at = next
    }
    if (body[at] === separator) {
      at++
      if (at === body.length) row.push('')
      continue
    }
    endRow()
    if (rows.length > mostRows) return { code: 'too_many_rows', limit: mostRows }
    at += body[at] === '\r' && body[at + 1] === '\n' ? 2 : 1
  }
  if (row.length > 0) endRow()
  return rows.length === 0 ? { code: 'empty' } : { code: 'ok', rows }
}

function nextBreak(text: string, from: number, separator: string): number {
  let at = from
  while (at < text.length && text[at] !== separator && text[at] !== '\n' && text[at] !== '\r') at++
  return at
}

/** One CSV line; cells that a spreadsheet would run as a formula are led by an apostrophe. */
export function csvLine(cells: readonly (string | number | null)[]): string {
  return cells
    .map((cell) => {
      if (cell === null) return ''
      if (typeof cell === 'number') return String(cell)
      const safe = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell
      return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
    })
    .join(',')
}
