import { useEffect, useRef, type ReactElement, type ReactNode } from 'react'

import type { Position } from '../../../shared/domain/field.ts'
import type { CommunityMap } from '../../map/community-map.ts'

interface PinnedProps {
  readonly map: CommunityMap | null
  readonly position: Position | null
  readonly className: string
  readonly children: ReactNode
}

/** Something in HTML that stays over a place while the map moves; written straight to the element, React is not asked. */
export function Pinned({ map, position, className, children }: PinnedProps): ReactElement | null {
  const ref = useRef<HTMLDivElement | null>(null)
  const lng = position?.[0]
  const lat = position?.[1]
  useEffect(() => {
    if (map === null || lng === undefined || lat === undefined) return undefined
    const put = (): void => {
      const { x, y } = map.project([lng, lat])
      if (ref.current !== null) ref.current.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`
    }
    put()
    return map.onMove(put)
  }, [map, lng, lat])
  if (position === null) return null
  return (
    <div ref={ref} className={`pinned ${className}`}>
      {children}
    </div>
  )
}
