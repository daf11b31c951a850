import type { ReactElement } from 'react'

import { useTexts } from '../../i18n/language.ts'
import { CARE_COLOURS } from '../../map/palette.ts'
import { StatusMark } from '../../panels/status-mark.tsx'

/** What the marks of the map mean, and the colours of its houses. */
export function WallLegend(): ReactElement {
  const { t } = useTexts()
  return (
    <ul className="wall-legend">
      <li>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <circle cx="16" cy="16" r="12.5" fill="#0a1424" stroke="#4fc3f7" strokeWidth="2" />
          <path
            d="M10 16 16 10.5 22 16M11.7 15V21.5H20.3V15"
            fill="none"
            stroke="#e6f6ff"
            strokeWidth="2"
            strokeLinejoin="round"
          />
        </svg>
        {t('legend.station')}
      </li>
      <li>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect x="4" y="4" width="24" height="24" rx="5" fill="#0a1424" stroke="#4fc3f7" strokeWidth="2" />
          <path d="M9 12h8v8H9zM18.5 15 23 12v8l-4.500-3z" fill="#e6f6ff" />
        </svg>
        {t('legend.camera')}
      </li>
      <li>
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <rect x="8" y="8" width="16" height="16" rx="3" fill="#b0a0f0" />
        </svg>
        {t('legend.merchant')}
      </li>
      <li className="wall-legend-care">
        {t('legend.care')}
        {(['due', 'overdue', 'sos'] as const).map((care) => (
          <span key={care}>
            <svg viewBox="0 0 32 32" aria-hidden="true">
              <path d="M4 12 16 6 28 12 16 18Z" fill={CARE_COLOURS[care]} />
              <path d="M4 12V24L16 30V18Z" fill={CARE_COLOURS[care]} opacity="0.75" />
              <path d="M28 12V24L16 30V18Z" fill={CARE_COLOURS[care]} opacity="0.5" />
            </svg>
            {t(`care.${care}`)}
          </span>
        ))}
      </li>
      {(['warning', 'alarm', 'offline'] as const).map((status) => (
        <li key={status}>
          <StatusMark status={status} />
          {t(`legend.${status}`)}
        </li>
      ))}
    </ul>
  )
}
