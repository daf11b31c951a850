import type { ReactElement } from 'react'

import type { Category, SiteManifest } from '../../../shared/site/site.ts'
import type { LiveLink } from '../../connection/live-link.ts'
import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { StatusMark } from '../../panels/status-mark.tsx'
import { useLayer } from '../../store/use-mirror.ts'
import type { Mirror } from '../../store/mirror.ts'
import { CameraTile } from '../../video/camera-tile.tsx'
import { AcknowledgeForm } from './acknowledge-form.tsx'
import { StateChip } from './alarm-queue.tsx'
import { countdown } from './countdown.ts'
import { fieldName } from './field-text.ts'
import { HourCurve } from './hour-curve.tsx'
import { hourSeries } from './hour-series.ts'
import type { NamedCamera } from './near-cameras.tsx'
import { PriorityMark } from './priority-mark.tsx'
import { callsForSomebody, queueRow, type QueueRow } from './queue-rows.ts'
import { ChangeList } from './change-list.tsx'
import { chosenOf, recordOf, subjectName, type Chosen } from './record-names.ts'
import { useHistory } from './use-history.ts'
import { useServerNow } from './use-server-now.ts'

const HOUR_MS = 3_600_000
/** Pictures beside an alarm: two fit, and two sub-streams are little work. */
const TILES = 2

interface AlarmPanelProps {
  readonly alarmId: string
  readonly mirror: Mirror
  readonly link: LiveLink
  readonly manifest: SiteManifest
  readonly categories: readonly Category[]
  readonly near: readonly NamedCamera[]
  readonly onClose: () => void
}

/** The chosen alarm: what, where, since when, what cameras see, its subject's last hour, and the way to acknowledge it. */
export function AlarmPanel({ alarmId, mirror, link, manifest, categories, near, onClose }: AlarmPanelProps): ReactElement {
  const { t, language } = useTexts()
  const record = useLayer(mirror, 'alarms').records.get(alarmId)
  const row = record === undefined ? null : queueRow(record)
  const nowMs = useServerNow(link, 1_000)
  if (row === null) {
    return (
      <section className="desk-panel detail">
        <p className="desk-empty">{deskText(language, 'panel.gone')}</p>
      </section>
    )
  }
  const subject = chosenOf(row.subject)
  return (
    <section className="desk-panel detail" aria-label={alarmKindText(row.kind, language)}>
      <header className="detail-head">
        <PriorityMark priority={row.priority} sizePx={34} />
        <h2>{alarmKindText(row.kind, language)}</h2>
        <StateChip row={row} language={language} />
        <button type="button" className="close" aria-label={t('desk.close')} onClick={onClose}>
          ×
        </button>
      </header>
      <p className="detail-where">
        <span>{subjectName(mirror, row.subject, language)}</span>
        {row.raisedAtMs === null ? null : (
          <span className="digits">{t('desk.raisedAt', { time: clockTime(row.raisedAtMs) })}</span>
        )}
      </p>
      <DueBar row={row} nowMs={nowMs} />
      <div className="detail-scroll">
        <div className="detail-tiles">
          {near.slice(0, TILES).map(({ id, name }) => (
            <CameraTile key={id} cameraId={id} name={name} language={language} isDemo={manifest.demo} figures="short" />
          ))}
        </div>
        {near.length > 0 ? null : (
          <p className="desk-empty">{row.position === null ? deskText(language, 'panel.noPlace') : t('desk.noCamera')}</p>
        )}
        {subject === null ? null : (
          <SubjectHour subject={subject} mirror={mirror} nowMs={nowMs} raisedAtMs={row.raisedAtMs} categories={categories} />
        )}
      </div>
      {callsForSomebody(row) ? <AcknowledgeForm key={row.id} alarmId={row.id} /> : <AcknowledgedAt row={row} />}
    </section>
  )
}

function AcknowledgedAt({ row }: { readonly row: QueueRow }): ReactElement {
  const { t } = useTexts()
  return (
    <p className="acknowledged-at">
      <StatusMark status="done" /> {t('alarm.acknowledged')}{' '}
      <span className="digits">{row.acknowledgedAtMs === null ? '' : clockTime(row.acknowledgedAtMs)}</span>
    </p>
  )
}

function DueBar({ row, nowMs }: { readonly row: QueueRow; readonly nowMs: number }): ReactElement | null {
  const { t } = useTexts()
  if (row.dueAtMs === null || row.raisedAtMs === null || !callsForSomebody(row)) return null
  const leftMs = row.dueAtMs - nowMs
  const share = Math.min(1, Math.max(0, (nowMs - row.raisedAtMs) / Math.max(1, row.dueAtMs - row.raisedAtMs)))
  const text = leftMs < 0 ? t('desk.overdue', { time: countdown(-leftMs) }) : t('desk.due', { time: clockTime(row.dueAtMs) })
  return (
    <div className="due-bar">
      <b className="digits">{countdown(Math.abs(leftMs))}</b>
      <svg viewBox="0 0 100 6" preserveAspectRatio="none" aria-hidden="true">
        <rect width="100" height="6" rx="3" className="due-rest" />
        <rect width={100 * share} height="6" rx="3" className="due-gone" />
      </svg>
      <span>{text}</span>
    </div>
  )
}

interface SubjectHourProps {
  readonly subject: Chosen
  readonly mirror: Mirror
  readonly nowMs: number
  readonly raisedAtMs: number | null
  readonly categories: readonly Category[]
}

function SubjectHour({ subject, mirror, nowMs, raisedAtMs, categories }: SubjectHourProps): ReactElement {
  const { language } = useTexts()
  useLayer(mirror, subject.layer)
  const record = recordOf(mirror, subject)
  const history = useHistory(subject, record?.seq ?? null)
  const fromMs = nowMs - HOUR_MS
  const series = hourSeries(subject.layer, history.changes, record?.fields ?? null, { fromMs, toMs: nowMs })
  const lastHour = history.changes.filter(({ observedAtMs }) => observedAtMs >= fromMs)
  const title = deskText(language, 'panel.hour', { name: subjectName(mirror, subject, language) })
  return (
    <div className="detail-part">
      <h3>
        {title}
        {series === null ? null : <small>{fieldName(series.field, language)}</small>}
      </h3>
      {series === null ? null : <HourCurve series={series} fromMs={fromMs} toMs={nowMs} raisedAtMs={raisedAtMs} label={title} />}
      <ChangeList
        layer={subject.layer}
        history={{ ...history, changes: lastHour }}
        categories={categories}
        empty={deskText(language, 'panel.hourNone')}
        limit={8}
      />
    </div>
  )
}
