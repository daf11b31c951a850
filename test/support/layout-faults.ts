/** What a screen is held to. */
export interface LayoutRules {
  /** Nothing that is read is smaller, in CSS pixels. */
  readonly leastTextPx: number
  /** Boxes that must lie apart and within the window. */
  readonly panels: string
  /** What lies under text that has no opaque ground of its own, darkest and lightest, as `#rrggbb`. */
  readonly grounds: readonly string[]
  /** Text that may be cut with an ellipsis. */
  readonly mayBeCut: string
}

/** What is wrong with a screen, one line each, and every character on it. Runs in the page: nothing from outside. */
export function layoutFaults(rules: LayoutRules): { readonly faults: string[]; readonly characters: string } {
  interface Rect {
    readonly left: number
    readonly top: number
    readonly right: number
    readonly bottom: number
  }
  type Colour = readonly [red: number, green: number, blue: number, alpha: number]
  const faults = new Set<string>()
  const characters = new Set<string>()
  const nameOf = (element: Element): string => {
    const classes = [...element.classList].join('.')
    const parent = element.parentElement
    const own = `${element.tagName.toLowerCase()}${classes === '' ? '' : `.${classes}`}`
    return classes !== '' || parent === null ? own : `${nameOf(parent)} > ${own}`
  }
  const apart = (a: Rect, b: Rect): boolean =>
    a.right <= b.left + 1 || b.right <= a.left + 1 || a.bottom <= b.top + 1 || b.bottom <= a.top + 1
  const told = ({ left, top, right, bottom }: Rect): string => `${[left, top, right, bottom].map(Math.round).join(' ')}`

  const parse = (text: string): Colour => {
    const parts = /rgba?\(([^)]*)\)/.exec(text)?.[1]?.split(/[\s,/]+/) ?? []
    const [red = '0', green = '0', blue = '0', alpha = '1'] = parts
    const share = alpha.endsWith('%') ? Number(alpha.slice(0, -1)) / 100 : Number(alpha)
    return [Number(red), Number(green), Number(blue), share]
  }
  const hex = (text: string): Colour => [
    Number.parseInt(text.slice(1, 3), 16),
    Number.parseInt(text.slice(3, 5), 16),
    Number.parseInt(text.slice(5, 7), 16),
    1,
  ]
  const over = (top: Colour, under: Colour): Colour => {
    const mix = (index: 0 | 1 | 2): number => top[index] * top[3] + under[index] * (1 - top[3])
    return [mix(0), mix(1), mix(2), 1]
  }
  const luminance = ([red, green, blue]: Colour): number => {
    const [r = 0, g = 0, b = 0] = [red, green, blue].map((value) => {
      const part = value / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (one: Colour, other: Colour): number => {
    const [dark = 0, light = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b)
    return (light + 0.05) / (dark + 0.05)
  }
  /** What the element stands on, from the top down to the first that is opaque; a gradient counts by its densest stop. */
  const groundsOf = (element: Element): Colour[] => {
    const layers: Colour[] = []
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const { backgroundColor, backgroundImage } = getComputedStyle(at)
      const stops = [...backgroundImage.matchAll(/rgba?\([^)]*\)/g)].map(([stop]) => parse(stop))
      const densest = stops.toSorted((a, b) => b[3] - a[3])[0]
      if (densest !== undefined) layers.push(densest)
      const own = parse(backgroundColor)
      if (own[3] > 0) layers.push(own)
      if (layers.some((layer) => layer[3] === 1)) break
    }
    const onto = (base: Colour): Colour => layers.toReversed().reduce((under, layer) => over(layer, under), base)
    return rules.grounds.map((base) => onto(hex(base)))
  }

  interface Text {
    readonly element: Element
    readonly text: string
    readonly rect: Rect
  }
  const texts: Text[] = []
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement
    const text = (node.textContent ?? '').trim()
    if (element === null || text === '' || element.closest('style, script, title, noscript') !== null) continue
    const style = getComputedStyle(element)
    if (!element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
    const range = document.createRange()
    range.selectNodeContents(node)
    // What a scrolling or clipping ancestor hides is not on the screen.
    let clip: Rect = { left: 0, top: 0, right: innerWidth, bottom: innerHeight }
    for (let at: Element | null = element; at !== null; at = at.parentElement) {
      const { overflowX, overflowY } = getComputedStyle(at)
      if (overflowX === 'visible' && overflowY === 'visible') continue
      const box = at.getBoundingClientRect()
      clip = {
        left: Math.max(clip.left, box.left),
        top: Math.max(clip.top, box.top),
        right: Math.min(clip.right, box.right),
        bottom: Math.min(clip.bottom, box.bottom),
      }
    }
    const scrolls = element.closest('[data-scrolls], .detail-scroll, .queue-list') !== null
    for (const whole of range.getClientRects()) {
      if (whole.width < 1 || whole.height < 1) continue
      const rect = {
        left: Math.max(whole.left, clip.left),
        top: Math.max(whole.top, clip.top),
        right: Math.min(whole.right, clip.right),
        bottom: Math.min(whole.bottom, clip.bottom),
      }
      if (rect.right - rect.left < 1 || rect.bottom - rect.top < 1) {
        if (!scrolls) faults.add(`hidden: “${text}” ${nameOf(element)} at ${told(whole)}`)
        continue
      }
      const cut = whole.right - rect.right > 2 || rect.left - whole.left > 2 || whole.bottom - rect.bottom > whole.height / 4
      if (cut && !scrolls && element.closest(rules.mayBeCut) === null) faults.add(`cut: “${text}” ${nameOf(element)}`)
      texts.push({ element, text, rect })
    }
    for (const character of text) characters.add(character)
    // A drawing has a scale of its own.
    const scale = element instanceof SVGGraphicsElement ? (element.getScreenCTM()?.d ?? 1) : 1
    const px = Number.parseFloat(style.fontSize) * scale
    if (px < rules.leastTextPx - 0.05) faults.add(`small: ${px} px “${text}” ${nameOf(element)}`)
    const ink = parse(element instanceof SVGElement ? style.fill : style.color)
    const large = px >= 24 || (px >= 18.66 && Number(style.fontWeight) >= 700)
    if (element.closest('[disabled], [aria-disabled=true]') === null) {
      for (const ground of svgGround(element) ?? groundsOf(element)) {
        const ratio = contrast(over(ink, ground), ground)
        if (ratio < (large ? 3 : 4.5)) faults.add(`faint: ${ratio.toFixed(2)} “${text}” ${nameOf(element)}`)
      }
    }
  }
  /** Text in a drawing stands on a shape beside it, named by `data-ground`. */
  function svgGround(element: Element): Colour[] | null {
    const fill = element instanceof SVGElement ? element.parentElement?.querySelector(':scope > [data-ground]') : null
    return fill === null || fill === undefined ? null : [parse(getComputedStyle(fill).fill)]
  }

  for (const [index, one] of texts.entries()) {
    for (const other of texts.slice(index + 1)) {
      if (one.element === other.element || apart(one.rect, other.rect)) continue
      // Lines of small type stand closer than their boxes: a quarter of the lower box may be shared.
      const shared = Math.min(one.rect.bottom, other.rect.bottom) - Math.max(one.rect.top, other.rect.top)
      const lower = Math.min(one.rect.bottom - one.rect.top, other.rect.bottom - other.rect.top)
      if (shared < lower / 4) continue
      faults.add(`text over text: “${one.text}” ${nameOf(one.element)} and “${other.text}” ${nameOf(other.element)}`)
    }
  }
  const panels = [...document.querySelectorAll(rules.panels)].filter((panel) => panel.checkVisibility())
  // A wall drifts by up to four design pixels against burn-in; its rem is ten of them.
  const out = Math.max(4, 0.4 * Number.parseFloat(getComputedStyle(document.documentElement).fontSize))
  for (const [index, panel] of panels.entries()) {
    const rect = panel.getBoundingClientRect()
    if (rect.left < -out || rect.top < -out || rect.right > innerWidth + out || rect.bottom > innerHeight + out) {
      faults.add(`outside the window: ${nameOf(panel)} at ${told(rect)}`)
    }
    for (const other of panels.slice(index + 1)) {
      if (panel.contains(other) || other.contains(panel)) continue
      const box = other.getBoundingClientRect()
      if (!apart(rect, box)) faults.add(`overlap: ${nameOf(panel)} at ${told(rect)} and ${nameOf(other)} at ${told(box)}`)
    }
    // What a panel holds stays inside it.
    for (const { element, text, rect: line } of texts) {
      if (!panel.contains(element)) continue
      if (line.left < rect.left - 1 || line.right > rect.right + 1 || line.top < rect.top - 4 || line.bottom > rect.bottom + 4) {
        faults.add(`sticks out of ${nameOf(panel)}: “${text}” ${nameOf(element)}`)
      }
    }
  }
  return { faults: [...faults], characters: Array.from(characters).join('') }
}
