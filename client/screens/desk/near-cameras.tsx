import type { ReactElement } from 'react'

import type { NearCamera } from '../../../shared/alarms/nearest-cameras.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { useTexts } from '../../i18n/language.ts'

export type NamedCamera = NearCamera & { readonly name: string }

/** The cameras for the chosen place, those that see it first; each opens its picture. */
export function NearCameras({
  near,
  onOpen,
}: {
  readonly near: readonly NamedCamera[]
  readonly onOpen: (id: string) => void
}): ReactElement {
  const { t, language } = useTexts()
  return (
    <section className="near-cameras" aria-label={t('desk.nearest')}>
      <h3>
        {t('desk.nearest')}
        <small>{t('desk.byDistance')}</small>
      </h3>
      <ol>
        {near.map(({ id, name, distanceMeters, sees }, index) => (
          <li key={id}>
            <button type="button" data-camera={id} onClick={() => onOpen(id)}>
              <span className="near-number digits">{index + 1}</span>
              <span className="near-name">{name}</span>
              <span className="digits">{deskText(language, 'panel.meters', { count: Math.round(distanceMeters) })}</span>
              <span className="near-sees">{sees ? t('desk.sees') : ''}</span>
            </button>
          </li>
        ))}
      </ol>
    </section>
  )
}
