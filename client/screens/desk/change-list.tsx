import type { ReactElement } from 'react'

import type { LayerName } from '../../../shared/domain/layers.ts'
import type { Category } from '../../../shared/site/site.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { fieldName, fieldText } from './field-text.ts'
import type { History } from './use-history.ts'

interface ChangeListProps {
  readonly layer: LayerName
  readonly history: History
  readonly categories: readonly Category[]
  /** What to say when nothing changed. */
  readonly empty: string
  readonly limit: number
}

/** What changed, newest first, in words. */
export function ChangeList({ layer, history, categories, empty, limit }: ChangeListProps): ReactElement {
  const { t, language } = useTexts()
  const newest = history.changes.slice(-limit).toReversed()
  const more = history.truncated || history.changes.length > limit
  return (
    <>
      {history.phase === 'failed' ? <p className="desk-warning">{deskText(language, 'panel.historyFailed')}</p> : null}
      {history.phase === 'loading' ? <p className="desk-empty">{t('app.loading')}</p> : null}
      {history.phase === 'ready' && newest.length === 0 ? <p className="desk-empty">{empty}</p> : null}
      <ol className="change-list">
        {newest.map(({ seq, op, observedAtMs, fields }) => (
          <li key={seq}>
            <span className="digits">{clockTime(observedAtMs)}</span>
            <span>
              {op === 'patch' ? '' : `${t(`op.${op}`)} `}
              {op === 'remove'
                ? ''
                : Object.entries(fields)
                    .filter(([name]) => op === 'patch' || name === 'state' || name === 'careBand')
                    .filter(([name]) => name !== 'position')
                    .map(([name, value]) => `${fieldName(name, language)} ${fieldText(layer, name, value, language, categories)}`)
                    .join(' · ')}
            </span>
          </li>
        ))}
      </ol>
      {more ? <p className="desk-note">{t('desk.moreChanges', { count: newest.length })}</p> : null}
    </>
  )
}
