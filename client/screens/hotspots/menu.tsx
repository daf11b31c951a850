import { useEffect, useId, useRef, useState, type KeyboardEvent, type ReactElement, type ReactNode } from 'react'

interface PopoverProps {
  /** What the button says, and what it is called. */
  readonly text: ReactNode
  readonly label: string
  readonly kind: 'dialog' | 'listbox'
  /** Looks chosen, as a button of a group does. */
  readonly pressed?: boolean
  readonly children: (close: () => void) => ReactNode
}

/** What opens is not wider: it hangs from the button's other side where there is less room. */
const WIDEST_PIXELS = 460

/** A button with something that opens under it; Escape, or leaving it, closes. */
export function Popover({ text, label, kind, pressed, children }: PopoverProps): ReactElement {
  const [open, setOpen] = useState(false)
  const [side, setSide] = useState<'left' | 'right'>('left')
  const root = useRef<HTMLDivElement | null>(null)
  const id = useId()
  useEffect(() => {
    const node = root.current
    if (!open || node === null) return undefined
    node.querySelector<HTMLElement>('[aria-selected=true], [role=option]')?.focus()
    return () => {
      // What had the focus went with the list: back to the button. Whoever went elsewhere stays there.
      if (document.activeElement === document.body) node.querySelector('button')?.focus()
    }
  }, [open])
  const close = (): void => setOpen(false)
  const onKey = (event: KeyboardEvent<HTMLElement>): void => {
    if (event.key === 'Escape' && open) close()
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (kind !== 'listbox' || step === undefined) return
    event.preventDefault()
    if (!open) return setOpen(true)
    const all = [...(root.current?.querySelectorAll<HTMLElement>('[role=option]') ?? [])]
    const at = all.findIndex((one) => one === document.activeElement)
    all[(at + step + all.length) % all.length]?.focus()
  }
  return (
    <div
      ref={root}
      className="hs-menu"
      onKeyDown={onKey}
      onBlur={({ relatedTarget }) => {
        if (relatedTarget instanceof Node && root.current?.contains(relatedTarget) !== true) setOpen(false)
      }}
    >
      <button
        type="button"
        aria-label={label}
        aria-haspopup={kind}
        aria-expanded={open}
        aria-controls={id}
        aria-pressed={pressed}
        onClick={({ currentTarget }) => {
          setSide(currentTarget.getBoundingClientRect().left + WIDEST_PIXELS > innerWidth ? 'right' : 'left')
          setOpen(!open)
        }}
      >
        <span>{text}</span>
        <svg viewBox="0 0 10 6" width="10" height="6" aria-hidden="true">
          <path d="M1 1l4 4 4-4" fill="none" stroke="currentColor" strokeWidth="1.4" />
        </svg>
      </button>
      {open ? (
        <>
          <div className="hs-backdrop" aria-hidden="true" onClick={close} />
          <div id={id} className="hs-popup" data-side={side} role={kind} aria-label={label}>
            {children(close)}
          </div>
        </>
      ) : null}
    </div>
  )
}

interface MenuProps extends Pick<PopoverProps, 'text' | 'label' | 'pressed'> {
  readonly options: readonly { readonly value: string; readonly text: string; readonly note?: string }[]
  readonly value: string
  readonly onChoose: (value: string) => void
}

/** A button with a list to choose one from; arrows move, Enter takes, Escape leaves. */
export function Menu({ options, value, onChoose, ...button }: MenuProps): ReactElement {
  return (
    <Popover {...button} kind="listbox">
      {(close) =>
        options.map((option) => (
          <button
            key={option.value}
            type="button"
            role="option"
            aria-selected={option.value === value}
            onClick={() => {
              close()
              onChoose(option.value)
            }}
          >
            <span>{option.text}</span>
            {option.note === undefined ? null : <small className="digits">{option.note}</small>}
          </button>
        ))
      }
    </Popover>
  )
}
