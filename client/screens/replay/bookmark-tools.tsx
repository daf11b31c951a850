import { useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react'

import { MAX_BOOKMARK_LENGTH, type Bookmark } from '../../../shared/protocol/bookmarks.ts'
import type { FailureCode } from '../../api/request.ts'
import { clockTime, dayAndTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import type { OwnBookmarks } from './use-bookmarks.ts'

interface BookmarkToolsProps {
  readonly bookmarks: OwnBookmarks
  /** The instant that a bookmark is being written for; null: none is. */
  readonly writingMs: number | null
  readonly atMs: number
  readonly onWrite: (atMs: number | null) => void
  readonly onSeek: (atMs: number) => void
}

/** Sets a bookmark with words at the instant shown, and lists one's own. */
export function BookmarkTools({ bookmarks, writingMs, atMs, onWrite, onSeek }: BookmarkToolsProps): ReactElement {
  const { language } = useTexts()
  const [listed, setListed] = useState(false)
  return (
    <div className="replay-bookmarks">
      <button
        type="button"
        title={replayText(language, 'bookmarkAddHint')}
        aria-expanded={writingMs !== null}
        onClick={() => onWrite(writingMs === null ? Math.round(atMs) : null)}
      >
        {replayText(language, 'bookmarkAdd')}
      </button>
      <button type="button" aria-expanded={listed} onClick={() => setListed(!listed)}>
        {replayText(language, 'bookmarkList', { count: bookmarks.all.length })}
      </button>
      {writingMs === null ? null : (
        <BookmarkForm key={writingMs} atMs={writingMs} add={bookmarks.add} onDone={() => onWrite(null)} />
      )}
      {listed && writingMs === null ? (
        <List
          all={bookmarks.all}
          onSeek={onSeek}
          onClose={() => setListed(false)}
          onRemove={(id) => void bookmarks.remove(id).catch(() => undefined)}
        />
      ) : null}
    </div>
  )
}

function BookmarkForm(props: {
  readonly atMs: number
  readonly add: OwnBookmarks['add']
  readonly onDone: () => void
}): ReactElement {
  const { atMs, add, onDone } = props
  const { language } = useTexts()
  const [text, setText] = useState('')
  const [refused, setRefused] = useState<FailureCode | null>(null)
  const inputRef = useRef<HTMLInputElement | null>(null)
  useEffect(() => inputRef.current?.focus(), [])
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    add(atMs, text.trim()).then(
      (code) => (code === null ? onDone() : setRefused(code)),
      () => setRefused('unreachable'),
    )
  }
  return (
    <form className="replay-popover" onSubmit={submit} onKeyDown={({ key }) => key === 'Escape' && onDone()}>
      <b className="digits">{clockTime(atMs)}</b>
      <input
        ref={inputRef}
        name="bookmark-text"
        value={text}
        required
        maxLength={MAX_BOOKMARK_LENGTH}
        placeholder={replayText(language, 'bookmarkText')}
        aria-label={replayText(language, 'bookmarkText')}
        onChange={({ target }) => setText(target.value)}
      />
      <button type="submit" className="replay-main" disabled={text.trim() === ''}>
        {replayText(language, 'bookmarkSave')}
      </button>
      <button type="button" onClick={onDone}>
        {replayText(language, 'close')}
      </button>
      {refused === null ? null : (
        <p className="replay-refused" role="alert">
          {replayText(
            language,
            refused === 'bad_field' ? 'bookmarkRefused' : refused === 'conflict' ? 'bookmarkFull' : 'bookmarkFailed',
          )}
        </p>
      )}
    </form>
  )
}

function List(props: {
  readonly all: readonly Bookmark[]
  readonly onSeek: (atMs: number) => void
  readonly onClose: () => void
  readonly onRemove: (id: string) => void
}): ReactElement {
  const { all, onSeek, onClose, onRemove } = props
  const { language } = useTexts()
  const listRef = useRef<HTMLDivElement>(null)
  // The button of a bookmark that is deleted takes the focus with it, and Escape would go nowhere.
  useEffect(() => listRef.current?.focus(), [all.length])
  return (
    <div
      ref={listRef}
      tabIndex={-1}
      className="replay-popover replay-bookmark-list"
      role="dialog"
      aria-label={replayText(language, 'bookmarks')}
      onKeyDown={({ key }) => key === 'Escape' && onClose()}
    >
      {all.length === 0 ? <p className="replay-empty">{replayText(language, 'bookmarkNone')}</p> : null}
      <ol>
        {all.toReversed().map(({ id, atMs, text }) => (
          <li key={id}>
            <button type="button" onClick={() => onSeek(atMs)}>
              <b className="digits">{dayAndTime(atMs, language)}</b>
              <span>{text}</span>
            </button>
            <button
              type="button"
              className="replay-remove"
              aria-label={replayText(language, 'bookmarkDelete')}
              title={replayText(language, 'bookmarkDelete')}
              onClick={() => onRemove(id)}
            >
              ×
            </button>
          </li>
        ))}
      </ol>
    </div>
  )
}
