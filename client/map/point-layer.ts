import { COORDINATE_SYSTEM } from '@deck.gl/core'
import { IconLayer } from '@deck.gl/layers'

import type { Position } from '../../shared/domain/field.ts'
import type { IconAtlas } from './icon-atlas.ts'
import type { PointBuffers } from './point-buffers.ts'

export interface PointLayerOptions {
  readonly id: string
  readonly icon: string
  readonly sizePx: number
  readonly origin: Position
  readonly visible: boolean
  readonly atlas: IconAtlas
}

/** One icon at every slot, straight from GPU buffers: no object a record, nothing made anew when one moves. */
export function createPointLayer(buffers: PointBuffers, options: PointLayerOptions): IconLayer {
  const { id, icon, sizePx, origin, visible, atlas } = options
  const data = {
    length: buffers.capacity,
    attributes: {
      getPosition: { buffer: buffers.positions, type: 'float32', size: 3, stride: 12, offset: 0 },
      getColor: { buffer: buffers.colours, type: 'unorm8', size: 4, stride: 4, offset: 0 },
    },
  }
  return new IconLayer({
    id,
    // Positions and colours by buffer; the rest of an IconLayer's data is constant.
    data: data as unknown as [],
    coordinateSystem: COORDINATE_SYSTEM.LNGLAT_OFFSETS,
    coordinateOrigin: [origin[0], origin[1], 0],
    iconAtlas: atlas.picture as unknown as string,
    iconMapping: atlas.mapping,
    getIcon: () => icon,
    updateTriggers: { getIcon: icon },
    getSize: sizePx,
    sizeUnits: 'pixels',
    pickable: false,
    visible,
    parameters: { depthCompare: 'always', depthWriteEnabled: false },
  })
}
