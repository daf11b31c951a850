import type { ReactElement } from 'react'

import { alarmKindText } from '../../i18n/alarm-texts.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { minuteTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import type { LayerMirror, Mirror } from '../../store/mirror.ts'
import { useLayerValue } from '../../store/use-mirror.ts'
import { queueRow, type QueueRow } from './queue-rows.ts'
import { subjectName } from './record-names.ts'

const LISTED = 3

const doneOf = (layer: LayerMirror): QueueRow[] =>
  [...layer.records.values()]
    .map(queueRow)
    .filter(({ acknowledgedAtMs }) => acknowledgedAtMs !== null)
    .toSorted((a, b) => (b.acknowledgedAtMs ?? 0) - (a.acknowledgedAtMs ?? 0))

/** What was acknowledged last, for whoever takes the seat; a record of hand-overs has its place here later. */
export function DonePanel({
  mirror,
  onChoose,
}: {
  readonly mirror: Mirror
  readonly onChoose: (row: QueueRow) => void
}): ReactElement {
  const { language } = useTexts()
  const rows = useLayerValue(mirror, 'alarms', doneOf)
  const title = deskText(language, 'done.title')
  return (
    <section className="desk-panel done-panel" aria-label={title}>
      <h2 className="desk-head">
        {title}
        <small>{deskText(language, 'done.count', { count: rows.length })}</small>
      </h2>
      {rows.length === 0 ? <p className="desk-empty">{deskText(language, 'done.none')}</p> : null}
      <ul>
        {rows.slice(0, LISTED).map((row) => (
          <li key={row.id}>
            <button type="button" onClick={() => onChoose(row)}>
              <span className="digits">{minuteTime(row.acknowledgedAtMs ?? 0)}</span>
              <b>{alarmKindText(row.kind, language)}</b>
              <span>{subjectName(mirror, row.subject, language)}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
