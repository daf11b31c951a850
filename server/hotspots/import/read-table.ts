import { unzipSync } from 'fflate'
import { readSheet } from 'read-excel-file/node'

import { parseCsv } from '../../../shared/hotspot/import/csv.ts'
import { cellText, MOST_COLUMNS, MOST_FILE_BYTES, MOST_ROWS, type Cell } from '../../../shared/hotspot/import/past-cases.ts'

/** A table as it was sent: its headings, and rows of cells below them. */
export type ImportTable = { headings: string[]; rows: Cell[][] }

/** Why a file is no table that can be taken. */
export type TableProblem = {
  code:
    | 'too_large'
    | 'too_many_rows'
    | 'too_many_columns'
    | 'empty'
    | 'not_csv'
    | 'not_xlsx'
    | 'old_xls'
    | 'no_headings'
    | 'heading_twice'
  detail: string
}

/** A spreadsheet may unfold to this much: a million rows of a real one are some 800 MB of XML. */
const MOST_UNFOLDED_BYTES = 1024 * 1024 * 1024

/** Reads a CSV or XLSX file, told apart by its bytes and not its name. Runs in a worker: a large sheet takes seconds. */
export async function readTable(bytes: Uint8Array): Promise<{ code: 'ok'; table: ImportTable } | TableProblem> {
  if (bytes.length > MOST_FILE_BYTES) return { code: 'too_large', detail: `${MOST_FILE_BYTES} bytes at most` }
  if (bytes[0] === 0xd0 && bytes[1] === 0xcf) return { code: 'old_xls', detail: 'save it as .xlsx or .csv' }
  const rows = bytes[0] === 0x50 && bytes[1] === 0x4b ? await readXlsx(bytes) : readCsv(bytes)
  if (!Array.isArray(rows)) return rows
  const [first, ...rest] = rows
  const headings = (first ?? []).map((cell) => cellText(cell) ?? '')
  if (headings.length > MOST_COLUMNS) return { code: 'too_many_columns', detail: `${MOST_COLUMNS} columns at most` }
  if (rest.length > MOST_ROWS) return { code: 'too_many_rows', detail: `${MOST_ROWS} rows at most` }
  const named = headings.filter((heading) => heading !== '')
  if (named.length < 2) return { code: 'no_headings', detail: 'the first row must be the headings' }
  const twice = named.find((heading, i) => named.indexOf(heading) !== i)
  if (twice !== undefined) return { code: 'heading_twice', detail: twice.slice(0, 80) }
  return { code: 'ok', table: { headings, rows: rest } }
}

/** UTF-8 where it is that, else GB 18030, which spreadsheets on Chinese systems write. */
function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return new TextDecoder(bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : 'gb18030').decode(bytes)
  }
}

function readCsv(bytes: Uint8Array): string[][] | TableProblem {
  const text = decode(bytes)
  if (text.includes('\0')) return { code: 'not_csv', detail: 'neither text nor a spreadsheet' }
  const parsed = parseCsv(text, MOST_ROWS + 1)
  if (parsed.code === 'ok') return parsed.rows
  if (parsed.code === 'unclosed_quote') return { code: 'not_csv', detail: `row ${parsed.row}: a quote is not closed` }
  return parsed.code === 'empty'
    ? { code: 'empty', detail: 'no rows' }
    : { code: 'too_many_rows', detail: `${MOST_ROWS} rows at most` }
}

async function readXlsx(bytes: Uint8Array): Promise<Cell[][] | TableProblem> {
  // The sizes stand in the archive's directory: a small file that unfolds to gigabytes is refused unopened.
  let unfolded = 0
  let isWorkbook = false
  try {
    unzipSync(bytes, {
      filter: ({ name, originalSize }) => {
        unfolded += originalSize
        isWorkbook ||= name === 'xl/workbook.xml'
        return false
      },
    })
    if (!isWorkbook) return { code: 'not_xlsx', detail: 'an archive without a workbook' }
    if (unfolded > MOST_UNFOLDED_BYTES)
      return { code: 'too_large', detail: `unfolds to ${unfolded} bytes, ${MOST_UNFOLDED_BYTES} at most` }
    return (await readSheet(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))) as Cell[][]
  } catch (error) {
    return { code: 'not_xlsx', detail: error instanceof Error ? error.message.slice(0, 200) : 'not read' }
  }
}
