import { useMemo, useState, type ReactElement } from 'react'
import { z } from 'zod'

import { adminText } from '../../i18n/admin-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { useList } from './use-list.ts'

const ms = z.number()
const schema = z.object({
  days: z.array(
    z.object({
      cameraId: z.string(),
      day: z.string(),
      onlineMs: ms,
      degradedMs: ms,
      offlineMs: ms,
      disabledMs: ms,
      availability: z.number().nullable(),
    }),
  ),
})
const namesSchema = z.object({ cameras: z.array(z.object({ id: z.string(), name: z.string() })) })

const DAY_MS = 86_400_000
const BEIJING_MS = 8 * 3_600_000
/** The day of Beijing time, so many days ago. */
const dayAgo = (days: number): string => new Date(Date.now() + BEIJING_MS - days * DAY_MS).toISOString().slice(0, 10)

/** How long each camera was there on each day, as a table and for a spreadsheet. */
export function AvailabilitySection(): ReactElement {
  const { language } = useTexts()
  const [from, setFrom] = useState(() => dayAgo(6))
  const [to, setTo] = useState(() => dayAgo(0))
  const path = `/api/cameras/availability?from=${from}&to=${to}`
  const { value, failed } = useList(path, schema)
  const { value: named } = useList('/api/cameras', namesSchema)
  const names = useMemo(() => new Map((named?.cameras ?? []).map(({ id, name }) => [id, name])), [named])
  const hours = (each: number): string => adminText(language, 'hours', { count: (each / 3_600_000).toFixed(1) })
  const rows = (value?.days ?? []).toSorted((a, b) =>
    a.day === b.day ? (a.cameraId < b.cameraId ? -1 : 1) : a.day < b.day ? 1 : -1,
  )
  return (
    <section className="admin-section" data-section="availability">
      <h2>{adminText(language, 'availability')}</h2>
      {failed ? <p className="admin-warning">{adminText(language, 'failed')}</p> : null}
      <p className="admin-range">
        <label>
          {adminText(language, 'from')}{' '}
          <input type="date" value={from} max={to} onChange={(event) => setFrom(event.target.value || from)} />
        </label>
        <label>
          {adminText(language, 'to')}{' '}
          <input type="date" value={to} min={from} onChange={(event) => setTo(event.target.value || to)} />
        </label>
        <a href={`${path}&format=csv`} download>
          {adminText(language, 'csv')}
        </a>
      </p>
      {rows.length === 0 ? (
        <p>{adminText(language, 'none')}</p>
      ) : (
        <table>
          <thead>
            <tr>
              {(['day', 'name', 'online', 'degraded', 'offline', 'off', 'share'] as const).map((key) => (
                <th key={key}>{adminText(language, key)}</th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(({ cameraId, day, onlineMs, degradedMs, offlineMs, disabledMs, availability }) => (
              <tr key={`${day} ${cameraId}`}>
                <td className="digits">{day}</td>
                <td>{names.get(cameraId) ?? cameraId}</td>
                {[onlineMs, degradedMs, offlineMs, disabledMs].map((each, at) => (
                  // Four columns that never change places.
                  // eslint-disable-next-line react/no-array-index-key
                  <td key={at} className="digits">
                    {hours(each)}
                  </td>
                ))}
                <td className="digits">{availability === null ? '—' : `${(availability * 100).toFixed(1)}%`}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
