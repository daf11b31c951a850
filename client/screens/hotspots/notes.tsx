import type { ReactElement } from 'react'

import type { AnalysisProgress } from '../../../shared/protocol/progress.ts'
import type { Failure } from '../../api/request.ts'
import { hotspotText, isHotspotTextKey } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'

/** That an answer is awaited, and how far it is. */
export function Busy({ progress }: { readonly progress: AnalysisProgress | null }): ReactElement {
  const { language } = useTexts()
  return (
    <div className="hs-busy" role="status">
      <span>
        {hotspotText(language, 'working')}
        {progress === null ? '' : ` ${hotspotText(language, `stage.${progress.stage}`)}`}
      </span>
      <progress max={1} value={progress?.share ?? 0} />
    </div>
  )
}

/** Why there is no answer, and the cell size that fits where there is one. */
export function FailureNote({
  failure,
  onFit,
}: {
  readonly failure: Failure
  readonly onFit: (cellMeters: number) => void
}): ReactElement {
  const { language } = useTexts()
  const { cells, limit, fittingCellMeters: fitting, limitYears: years } = failure.facts
  const key = `failed.${failure.code}`
  return (
    <p className="hs-failure" role="alert">
      {hotspotText(language, isHotspotTextKey(key) ? key : 'failed.other', {
        cells: Number(cells),
        limit: Number(limit),
        fitting: Number(fitting),
        years: Number(years),
      })}
      {typeof fitting === 'number' ? (
        <button type="button" onClick={() => onFit(fitting)}>
          {hotspotText(language, 'use.fitting', { fitting })}
        </button>
      ) : null}
    </p>
  )
}
