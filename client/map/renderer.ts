/** Who draws when there is no graphics card; names that browsers give to drawing by the processor. */
const BY_PROCESSOR = /swiftshader|llvmpipe|software|basic render/i

/** How finely and how often a map is drawn, so that a machine without a graphics card still shows every change in time. */
export interface DrawingPace {
  /** Device pixels of the map for one of the page. */
  readonly pixelRatio: number
  /** Whether edges are smoothed by drawing each pixel several times. */
  readonly antialias: boolean
  /** Whether the view flies to a place; otherwise it is there at once. */
  readonly flies: boolean
  /** Milliseconds between two pictures of moving marks. */
  readonly pulseEachMs: number
}

/** Pixels that a processor draws several times a second. */
const MOST_PIXELS_BY_PROCESSOR = 1920 * 1080

/** @param renderer what WebGL says of itself; @param cssPixels width times height of the map */
export function drawingPace(renderer: string, cssPixels: number, devicePixelRatio: number): DrawingPace {
  if (!BY_PROCESSOR.test(renderer)) return { pixelRatio: devicePixelRatio, antialias: true, flies: true, pulseEachMs: 100 }
  const fits = Math.sqrt(MOST_PIXELS_BY_PROCESSOR / Math.max(1, cssPixels))
  return { pixelRatio: Math.min(devicePixelRatio, fits, 1), antialias: false, flies: false, pulseEachMs: 1_000 }
}

/** The name of what draws WebGL here; empty where the browser does not tell. */
export function rendererName(): string {
  const context = document.createElement('canvas').getContext('webgl2')
  if (context === null) return ''
  const info = context.getExtension('WEBGL_debug_renderer_info')
  const name: unknown =
    info === null ? context.getParameter(context.RENDERER) : context.getParameter(info.UNMASKED_RENDERER_WEBGL)
  context.getExtension('WEBGL_lose_context')?.loseContext()
  return typeof name === 'string' ? name : ''
}
