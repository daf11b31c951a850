/** Colours of the map; the same inks as client/design/tokens.css, as a map cannot read these. */
export const PALETTE = {
  ground: '#070e1a',
  zone: '#0d1d35',
  plaza: '#162a47',
  green: '#0d2a2c',
  pitch: '#163a3a',
  water: '#0c2b4a',
  waterLine: '#1c4f7d',
  roadCase: '#050a13',
  road: '#1a2b46',
  mainRoad: '#24395a',
  lane: '#182842',
  boundary: '#74cfff',
  boundaryGlow: '#2b8fe0',
  surroundings: '#15273f',
  publicBuilding: '#1d4a72',
  label: '#d8e8fb',
  roadLabel: '#9db4d4',
  waterLabel: '#5f9dcc',
  halo: '#060d18',
  ok: '#4fc3f7',
  warning: '#e3a32f',
  alarm: '#ff5f38',
  offline: '#8a9bb3',
  done: '#35c9a5',
  merchant: '#b0a0f0',
  ink: '#eef5ff',
} as const

/** A building by its residents' worst care state; the urgent ones also carry an alarm's mark, never colour alone. */
export const CARE_COLOURS = {
  none: '#24507f',
  ok: '#2f68ab',
  due: '#8a7233',
  overdue: '#c98a1d',
  sos: '#e04a22',
} as const

export type Rgba = [red: number, green: number, blue: number, alpha: number]

/** `#rrggbb` as deck.gl wants it. */
export function rgba(hex: string, alpha = 255): Rgba {
  return [1, 3, 5].map((at) => Number.parseInt(hex.slice(at, at + 2), 16)).concat(alpha) as Rgba
}
