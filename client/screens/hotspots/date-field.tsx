import { useRef, useState, type ReactElement } from 'react'

interface DateFieldProps {
  readonly label: string
  /** `YYYY-MM-DD`; empty for none. */
  readonly value: string
  readonly min?: string
  readonly max?: string
  readonly name?: string
  readonly required?: boolean
  readonly onChange: (day: string) => void
}

/** Whether a text is a day that exists, written as `2026-10-28`. */
export function isDay(text: string): boolean {
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN
  return !Number.isNaN(ms) && new Date(ms).toISOString().slice(0, 10) === text
}

const PATTERN = String.raw`\d{4}-\d{2}-\d{2}`

/**
 * A day, written the same on every machine: the browser's own field follows the machine's language and turns days and months
 * around. The browser's calendar opens beside it.
 */
export function DateField({ label, value, min, max, name, required, onChange }: DateFieldProps): ReactElement {
  const [text, setText] = useState(value)
  const [shown, setShown] = useState(value)
  const picker = useRef<HTMLInputElement | null>(null)
  if (shown !== value) {
    setShown(value)
    setText(value)
  }
  const isIn = (day: string): boolean => isDay(day) && (min === undefined || day >= min) && (max === undefined || day <= max)
  const enter = (typed: string): void => {
    const day = typed
      .trim()
      .replaceAll(/[/.年月]/g, '-')
      .replace(/日$/, '')
    setText(day)
    if (isIn(day) || (day === '' && required !== true)) {
      if (day !== value) onChange(day)
    }
  }
  return (
    <span className="hs-date">
      <input
        className="digits"
        aria-label={label}
        name={name}
        value={text}
        inputMode="numeric"
        placeholder="2026-01-31"
        pattern={PATTERN}
        maxLength={12}
        required={required}
        aria-invalid={text !== '' && !isIn(text)}
        onChange={(event) => enter(event.target.value)}
        onBlur={() => {
          if (!isIn(text) && text !== '') setText(value)
        }}
      />
      <button type="button" tabIndex={-1} aria-label={`${label}…`} onClick={() => picker.current?.showPicker()}>
        <svg viewBox="0 0 16 16" width="15" height="15" aria-hidden="true">
          <path d="M2 3.5h12v10H2zM2 6.5h12M5 1.5v3M11 1.5v3" fill="none" stroke="currentColor" strokeWidth="1.3" />
        </svg>
      </button>
      <input
        ref={picker}
        type="date"
        tabIndex={-1}
        aria-hidden="true"
        value={isDay(value) ? value : ''}
        min={min}
        max={max}
        onChange={(event) => {
          if (event.target.value !== '') onChange(event.target.value)
        }}
      />
    </span>
  )
}
