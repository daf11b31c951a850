import { useEffect, useState } from 'react'

/** Wider than this and the columns stand two abreast. */
const WIDE = 2.4

/** The size of a design pixel (1 at 1920 x 1080), and whether the screen is as wide as two. Sets the root font to ten of them. */
export function useUnit(): { readonly unit: number; readonly wide: boolean } {
  const [size, setSize] = useState(measure)
  useEffect(() => {
    const take = (): void => setSize(measure())
    addEventListener('resize', take)
    return () => removeEventListener('resize', take)
  }, [])
  useEffect(() => {
    document.documentElement.style.fontSize = `${10 * size.unit}px`
    return () => {
      document.documentElement.style.fontSize = ''
    }
  }, [size.unit])
  return size
}

function measure(): { unit: number; wide: boolean } {
  const wide = innerWidth / innerHeight > WIDE
  // A very wide screen has half the panels in each column, so it needs two thirds of the height.
  const unit = wide ? Math.min(innerWidth / 2560, innerHeight / 720) : Math.min(innerWidth / 1920, innerHeight / 1080)
  return { unit: Math.max(0.5, unit), wide }
}
