import { CAMERA_REASONS } from '../../../shared/domain/cameras.ts'
import type { Language } from '../../i18n/language.ts'
import { cameraStatusText } from '../../video/video-texts.ts'

/** Why a camera is not simply online, in the tile's own words. */
export function cameraReasonText(reason: string, language: Language): string {
  const known = CAMERA_REASONS.find((each) => each === reason)
  if (known === undefined) return reason
  const whole = cameraStatusText(language, { state: 'offline', reason: known })
  const head = cameraStatusText(language, { state: 'offline', reason: null })
  return whole.slice(head.length).replace(/^[：:]\s*/, '')
}
