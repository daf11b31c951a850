import type { Role } from '../../shared/domain/roles.ts'

/** The screens by the first part of their path. */
export const SCREENS = ['wall', 'desk', 'replay', 'incidents', 'hotspots', 'admin'] as const
export type ScreenName = (typeof SCREENS)[number]

const MAY_OPEN: Readonly<Record<Role, readonly ScreenName[]>> = {
  wall: ['wall'],
  duty: ['desk', 'wall', 'hotspots'],
  supervisor: ['desk', 'wall', 'replay', 'incidents', 'hotspots'],
  office: ['hotspots', 'wall'],
  worker: [],
  admin: ['admin'],
}

/** The screens that a role may open; the first is where it arrives. */
export function screensOf(role: Role): readonly ScreenName[] {
  return MAY_OPEN[role]
}

/** The screen of a path; null: none is named. */
export function screenOf(pathname: string): ScreenName | null {
  const first = pathname.split('/')[1] ?? ''
  return SCREENS.find((name) => name === first) ?? null
}

/** Whether a path is that of the page on which anyone checks a bundle: it needs no sign-in and asks the server nothing. */
export function isVerify(pathname: string): boolean {
  return pathname.split('/')[1] === 'verify'
}
