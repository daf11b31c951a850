/** Rows of a comma-separated text as in RFC 4180: quotes, doubled quotes, any line end, a byte order mark; empty lines are left out. */
export function readCsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  const endRow = (): void => {
    row.push(cell)
    if (row.length > 1 || cell !== '') rows.push(row)
    row = []
    cell = ''
  }
  for (let at = 0; at < plain.length; at += 1) {
    const char = plain[at]
    if (quoted) {
      if (char !== '"') cell += char
      else if (plain[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (char === '"' && cell === '') quoted = true
    else if (char === ',') {
      row.push(cell)
      cell = ''
    } else if (char === '\n') endRow()
    else if (char !== '\r') cell += char
  }
  endRow()
  return rows
}

/** The text of rows, quoted where needed, each line ended by a line feed. */
export function writeCsv(rows: readonly (readonly (string | number)[])[]): string {
  const cellOf = (value: string | number): string => {
    const text = String(value)
    return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
  }
  return rows.map((row) => `${row.map(cellOf).join(',')}\n`).join('')
}
