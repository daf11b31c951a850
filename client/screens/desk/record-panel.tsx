import type { ReactElement } from 'react'

import { REPORTING_INTERVAL_MS, STALE_AFTER_INTERVALS } from '../../../shared/domain/layers.ts'
import type { Category, SiteManifest } from '../../../shared/site/site.ts'
import type { LiveLink } from '../../connection/live-link.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime, duration } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import type { Mirror } from '../../store/mirror.ts'
import { useLayer } from '../../store/use-mirror.ts'
import { CameraTile } from '../../video/camera-tile.tsx'
import { ChangeList } from './change-list.tsx'
import { fieldName, fieldText, shownFields } from './field-text.ts'
import { recordOf, subjectName, type Chosen } from './record-names.ts'
import { useHistory } from './use-history.ts'
import { useServerNow } from './use-server-now.ts'

interface RecordPanelProps {
  readonly chosen: Chosen
  readonly mirror: Mirror
  readonly link: LiveLink
  readonly manifest: SiteManifest
  readonly categories: readonly Category[]
  readonly onClose: () => void
}

/** Changes of a day that are listed; the rest is the replay's work. */
const LISTED = 60

/** What is known of the chosen record, how old it is, and its last day. */
export function RecordPanel({ chosen, mirror, link, manifest, categories, onClose }: RecordPanelProps): ReactElement {
  const { t, language } = useTexts()
  useLayer(mirror, chosen.layer)
  const record = recordOf(mirror, chosen)
  const history = useHistory(chosen, record?.seq ?? null)
  const nowMs = useServerNow(link, 1_000)
  const interval = REPORTING_INTERVAL_MS[chosen.layer]
  const ageMs = record === null ? 0 : nowMs - record.observedAt
  const stale = interval !== null && ageMs > STALE_AFTER_INTERVALS * interval
  const name = subjectName(mirror, chosen, language)
  return (
    <section className="desk-panel detail" aria-label={name} data-record={`${chosen.layer}/${chosen.id}`}>
      <header className="detail-head">
        <h2>{name}</h2>
        <span className="layer-chip">{t(`layer.${chosen.layer}`)}</span>
        <button type="button" className="close" aria-label={t('desk.close')} onClick={onClose}>
          ×
        </button>
      </header>
      {record === null ? (
        <p className="desk-empty">{deskText(language, 'panel.gone')}</p>
      ) : (
        <p className="detail-where" data-stale={stale}>
          <span>
            {t('desk.observed')} <span className="digits">{clockTime(record.observedAt)}</span>
          </span>
          {stale ? <b>{t('desk.staleFor', { age: duration(ageMs, language) })}</b> : <span>{duration(ageMs, language)}</span>}
        </p>
      )}
      <div className="detail-scroll">
        {chosen.layer === 'cameras' && record !== null ? (
          <CameraTile cameraId={chosen.id} name={name} language={language} isDemo={manifest.demo} profile="main" />
        ) : null}
        <dl className="fields">
          {record === null
            ? null
            : shownFields(chosen.layer).flatMap((field) => {
                const value = record.fields[field]
                if (value === undefined) return []
                return [
                  <div key={field} data-unknown={value === null}>
                    <dt>{fieldName(field, language)}</dt>
                    <dd>{fieldText(chosen.layer, field, value, language, categories)}</dd>
                  </div>,
                ]
              })}
        </dl>
        <div className="detail-part">
          <h3>{t('desk.lastDay')}</h3>
          <ChangeList layer={chosen.layer} history={history} categories={categories} empty={t('desk.noChanges')} limit={LISTED} />
        </div>
      </div>
    </section>
  )
}
