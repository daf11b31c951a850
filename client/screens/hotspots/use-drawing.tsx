import { useCallback, useState, type ReactElement } from 'react'

import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { HotspotMap } from '../../map/hotspot-map.ts'
import type { Sketch, SketchState } from '../../map/polygon-sketch.ts'

export type Ring = [lng: number, lat: number][]

interface Drawing {
  readonly sketch: Sketch
  readonly what: string
  readonly state: SketchState
}

/** Lets an area be drawn on the map; `what` is said meanwhile. Resolves with the closed ring, or null when given up. */
export function useDrawing(map: HotspotMap | null): {
  readonly bar: ReactElement | null
  readonly draw: (what: string) => Promise<Ring | null>
} {
  const [drawing, setDrawing] = useState<Drawing | null>(null)
  const draw = useCallback(
    async (what: string): Promise<Ring | null> => {
      if (map === null) return null
      let state: SketchState = { corners: 0, crossing: false }
      const sketch = map.draw((next) => {
        state = next
        setDrawing((before) => (before === null ? null : { ...before, state }))
      })
      setDrawing((before) => {
        before?.sketch.cancel()
        return { sketch, what, state }
      })
      const ring = await sketch.done
      setDrawing((now) => (now?.sketch === sketch ? null : now))
      return ring
    },
    [map],
  )
  return { bar: drawing === null ? null : <DrawBar {...drawing} />, draw }
}

function DrawBar({ sketch, what, state }: Drawing): ReactElement {
  const { language } = useTexts()
  return (
    <div className="hs-draw" role="status">
      <b>{what}</b>
      <span>
        {hotspotText(language, state.crossing ? 'draw.crossing' : 'draw.hint')} ·{' '}
        {hotspotText(language, 'draw.corners', { corners: state.corners })}
      </span>
      <button type="button" className="hs-primary" disabled={state.corners < 3 || state.crossing} onClick={() => sketch.finish()}>
        {hotspotText(language, 'draw.finish')}
      </button>
      <button type="button" disabled={state.corners === 0} onClick={() => sketch.undo()}>
        {hotspotText(language, 'draw.undo')}
      </button>
      <button type="button" onClick={() => sketch.cancel()}>
        {hotspotText(language, 'draw.cancel')}
      </button>
    </div>
  )
}
