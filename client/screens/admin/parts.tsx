import { useState, type FormEvent, type ReactElement, type ReactNode } from 'react'

import { adminText } from '../../i18n/admin-texts.ts'
import { useTexts } from '../../i18n/language.ts'

/** A button that asks once more before it does what cannot be undone. */
export function SureButton({ label, onSure }: { readonly label: string; readonly onSure: () => void }): ReactElement {
  const { language } = useTexts()
  const [asked, setAsked] = useState(false)
  const press = (): void => {
    setAsked(!asked)
    if (asked) onSure()
  }
  return (
    <button type="button" data-asked={asked} onBlur={() => setAsked(false)} onClick={press}>
      {asked ? adminText(language, 'confirm') : label}
    </button>
  )
}

interface AddFormProps {
  /** Called with the form's fields by name; true empties the form. */
  readonly onAdd: (fields: FormData) => Promise<boolean>
  readonly said: string
  readonly children: ReactNode
}

/** A form that adds something, with what came of it under it. */
export function AddForm({ onAdd, said, children }: AddFormProps): ReactElement {
  const { language } = useTexts()
  const [busy, setBusy] = useState(false)
  const submit = async (form: HTMLFormElement): Promise<void> => {
    setBusy(true)
    const added = await onAdd(new FormData(form))
    setBusy(false)
    if (added) form.reset()
  }
  const onSubmit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    void submit(event.currentTarget)
  }
  return (
    <form className="admin-form" onSubmit={onSubmit}>
      {children}
      <button type="submit" className="primary" disabled={busy}>
        {adminText(language, 'add')}
      </button>
      <p role="status">{said}</p>
    </form>
  )
}

interface FieldProps {
  readonly label: string
  readonly name: string
  readonly type?: 'text' | 'password' | 'number'
  readonly required?: boolean
  readonly minLength?: number
}

export function Field({ label, name, type = 'text', required = true, minLength }: FieldProps): ReactElement {
  return (
    <label>
      {label}
      <input
        name={name}
        type={type}
        required={required}
        autoComplete={type === 'password' ? 'new-password' : 'off'}
        {...(type === 'number' ? { step: 'any' } : {})}
        {...(minLength === undefined ? {} : { minLength })}
      />
    </label>
  )
}

/** The text of a form's field, without spaces around it. */
export function textIn(fields: FormData, name: string): string {
  const value = fields.get(name)
  return typeof value === 'string' ? value.trim() : ''
}

/** A number, null where the field was left empty. */
export function numberIn(fields: FormData, name: string): number | null {
  const text = textIn(fields, name)
  return text === '' ? null : Number(text)
}
