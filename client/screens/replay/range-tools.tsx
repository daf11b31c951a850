import { useState, type ReactElement } from 'react'

import type { LayerName } from '../../../shared/domain/layers.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import { KeepRange } from '../incidents/keep-range.tsx'
import { ExportDialog } from './export-dialog.tsx'
import type { TimeWindow } from './timeline-scale.ts'

interface RangeToolsProps {
  readonly range: TimeWindow | null
  readonly atMs: number
  readonly layers: readonly LayerName[]
  readonly cameras: readonly { readonly id: string; readonly name: string }[]
  /** The chosen case; null when something else is chosen, or nothing. */
  readonly caseId: string | null
  readonly onRange: (range: TimeWindow | null) => void
}

/** A range that is begun at an instant and has no end yet is this long. */
const FIRST_RANGE_MS = 60_000

/** Selects a range by the instant shown; holds, files or exports it. */
export function RangeTools({ range, atMs, layers, cameras, caseId, onRange }: RangeToolsProps): ReactElement {
  const { language } = useTexts()
  const [exporting, setExporting] = useState(false)
  const at = Math.round(atMs)
  const begin = (): void => onRange({ fromMs: at, toMs: range !== null && range.toMs > at ? range.toMs : at + FIRST_RANGE_MS })
  const end = (): void => onRange({ fromMs: range !== null && range.fromMs < at ? range.fromMs : at - FIRST_RANGE_MS, toMs: at })
  return (
    <div className="replay-range-tools" title={replayText(language, 'rangeHint')}>
      <button type="button" onClick={begin}>
        {replayText(language, 'rangeFrom')}
      </button>
      <button type="button" onClick={end}>
        {replayText(language, 'rangeTo')}
      </button>
      {range === null ? null : (
        <>
          <button type="button" onClick={() => onRange(null)}>
            {replayText(language, 'rangeClear')}
          </button>
          <KeepRange range={range} cameras={cameras} caseId={caseId} />
          <button type="button" className="replay-main" onClick={() => setExporting(true)}>
            {replayText(language, 'export')}
          </button>
        </>
      )}
      {exporting && range !== null ? (
        <ExportDialog range={range} layers={layers} cameras={cameras} caseId={caseId} onClose={() => setExporting(false)} />
      ) : null}
    </div>
  )
}
