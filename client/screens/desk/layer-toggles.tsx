import type { ReactElement } from 'react'

import type { MapLayerName } from '../../map/community-map.ts'
import { useTexts } from '../../i18n/language.ts'

interface LayerTogglesProps {
  readonly layers: readonly MapLayerName[]
  readonly visible: ReadonlySet<MapLayerName>
  readonly onChange: (visible: ReadonlySet<MapLayerName>) => void
}

/** Which layers the map draws; what is off is not drawn and not picked. */
export function LayerToggles({ layers, visible, onChange }: LayerTogglesProps): ReactElement {
  const { t } = useTexts()
  const toggle = (layer: MapLayerName): void => {
    const next = new Set(visible)
    if (!next.delete(layer)) next.add(layer)
    onChange(next)
  }
  return (
    <div className="layer-toggles" role="group">
      {layers.map((layer) => (
        <label key={layer} data-layer={layer}>
          <input type="checkbox" checked={visible.has(layer)} onChange={() => toggle(layer)} />
          {t(`layer.${layer}`)}
        </label>
      ))}
    </div>
  )
}
