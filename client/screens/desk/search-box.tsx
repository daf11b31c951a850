import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react'

import { useTexts } from '../../i18n/language.ts'
import type { Mirror } from '../../store/mirror.ts'
import type { Chosen } from './record-names.ts'
import { searchRecords } from './search-records.ts'

const MOST_HITS = 8

/** Finds a record by name or id; `/` from anywhere on the desk begins a search. */
export function SearchBox({
  mirror,
  onChoose,
}: {
  readonly mirror: Mirror
  readonly onChoose: (chosen: Chosen) => void
}): ReactElement {
  const { t } = useTexts()
  const [words, setWords] = useState('')
  const [at, setAt] = useState(0)
  const inputRef = useRef<HTMLInputElement | null>(null)
  useEffect(() => {
    const onKey = (event: globalThis.KeyboardEvent): void => {
      const typing = event.target instanceof HTMLElement && event.target.closest('input, textarea, select') !== null
      if (event.key !== '/' || typing) return
      event.preventDefault()
      inputRef.current?.focus()
    }
    document.addEventListener('keydown', onKey)
    return () => document.removeEventListener('keydown', onKey)
  }, [])
  const hits = searchRecords(mirror, words, MOST_HITS)
  const take = (index: number): void => {
    const hit = hits[index]
    if (hit === undefined) return
    setWords('')
    inputRef.current?.blur()
    onChoose(hit.subject)
  }
  const onKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowDown') setAt(Math.min(hits.length - 1, at + 1))
    else if (event.key === 'ArrowUp') setAt(Math.max(0, at - 1))
    else if (event.key === 'Enter') take(at)
    else if (event.key === 'Escape') setWords('')
    else return
    event.preventDefault()
  }
  return (
    <div className="search">
      <svg width="18" height="18" viewBox="0 0 18 18" aria-hidden="true">
        <circle cx="8" cy="8" r="5.5" fill="none" stroke="currentColor" strokeWidth="1.8" />
        <path d="M12 12 16 16" stroke="currentColor" strokeWidth="1.8" strokeLinecap="round" />
      </svg>
      <input
        ref={inputRef}
        type="search"
        role="combobox"
        aria-expanded={words !== ''}
        aria-controls="search-hits"
        aria-label={t('desk.search')}
        placeholder={t('desk.search')}
        value={words}
        onChange={(event) => {
          setWords(event.target.value)
          setAt(0)
        }}
        onKeyDown={onKey}
      />
      <kbd>/</kbd>
      {words.trim() === '' ? null : (
        <ul id="search-hits" className="search-hits" role="listbox">
          {hits.length === 0 ? <li className="desk-empty">{t('desk.noHits')}</li> : null}
          {hits.map(({ subject, name }, index) => (
            <li key={`${subject.layer}/${subject.id}`} role="option" aria-selected={index === at}>
              <button type="button" onMouseDown={(event) => event.preventDefault()} onClick={() => take(index)}>
                <span>{name}</span>
                <small>{t(`layer.${subject.layer}`)}</small>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  )
}
