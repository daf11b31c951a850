import { useCallback, useEffect, useRef, useState, type FormEvent, type ReactElement } from 'react'
import { z } from 'zod'

import { parseInstant } from '../../../shared/domain/field.ts'
import { doneSchema, request } from '../../api/request.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { dayAndTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'

const devicesSchema = z.object({ devices: z.array(z.object({ id: z.string(), name: z.string(), createdAt: z.string() })) })
const approvedSchema = z.object({ device: z.object({ id: z.string(), name: z.string() }) })
type Device = z.output<typeof devicesSchema>['devices'][number]

/** A wall joins the list when it next asks whether it was approved, some two seconds later. */
const LIST_EACH_MS = 2_500

/** {@link WallsPane} over the desk. */
export function WallsDialog({ canPair, onClose }: { readonly canPair: boolean; readonly onClose: () => void }): ReactElement {
  const { t } = useTexts()
  const dialogRef = useRef<HTMLDialogElement | null>(null)
  useEffect(() => dialogRef.current?.showModal(), [])
  return (
    <dialog ref={dialogRef} className="walls-dialog" aria-label={t('desk.walls')} onClose={onClose}>
      <header className="detail-head">
        <h2>{t('desk.walls')}</h2>
        <button type="button" className="close" aria-label={t('desk.close')} onClick={() => dialogRef.current?.close()}>
          ×
        </button>
      </header>
      <WallsPane canPair={canPair} />
    </dialog>
  )
}

/** Pairs a wall by the code that it shows, and takes walls away again. */
export function WallsPane({ canPair }: { readonly canPair: boolean }): ReactElement {
  const { t, language } = useTexts()
  const [devices, setDevices] = useState<readonly Device[] | null>(null)
  const [failed, setFailed] = useState(false)
  const [said, setSaid] = useState<{ readonly text: string; readonly good: boolean } | null>(null)
  const [code, setCode] = useState('')
  const [name, setName] = useState('')

  const load = useCallback(async (): Promise<void> => {
    const answer = await request('GET', '/api/devices', devicesSchema)
    setFailed(!answer.ok)
    if (answer.ok) setDevices(answer.value.devices)
  }, [])
  useEffect(() => {
    const first = setTimeout(() => void load(), 0)
    const timer = setInterval(() => void load(), LIST_EACH_MS)
    return () => {
      clearTimeout(first)
      clearInterval(timer)
    }
  }, [load])

  const pair = async (): Promise<void> => {
    const path = `/api/pairings/${encodeURIComponent(code.trim())}/approve`
    const answer = await request('POST', path, approvedSchema, { body: { name: name.trim() } })
    setSaid(
      answer.ok
        ? { text: t('desk.paired', { name: answer.value.device.name }), good: true }
        : { text: answer.code === 'unreachable' ? t('signIn.failed') : t('desk.pairFailed'), good: false },
    )
    if (!answer.ok) return
    setCode('')
    setName('')
    await load()
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    void pair()
  }
  return (
    <>
      {canPair ? (
        <form onSubmit={submit}>
          <label>
            {t('desk.pairCode')}
            <input
              className="digits"
              name="code"
              value={code}
              required
              autoComplete="off"
              onChange={(event) => setCode(event.target.value)}
            />
          </label>
          <label>
            {t('desk.pairName')}
            <input name="name" value={name} required maxLength={60} onChange={(event) => setName(event.target.value)} />
          </label>
          <button type="submit" className="primary" disabled={code.trim() === '' || name.trim() === ''}>
            {t('desk.pair')}
          </button>
          <p role="status" className="acknowledge-hint" data-good={said?.good === true}>
            {said?.text ?? ''}
          </p>
        </form>
      ) : null}
      <h3>{deskText(language, 'walls.list')}</h3>
      {failed ? <p className="desk-warning">{deskText(language, 'walls.failed')}</p> : null}
      {devices !== null && devices.length === 0 ? <p className="desk-empty">{t('desk.noWalls')}</p> : null}
      <ul className="walls-list">
        {(devices ?? []).map((device) => (
          <WallRow key={device.id} device={device} onGone={() => void load()} />
        ))}
      </ul>
    </>
  )
}

function WallRow({ device, onGone }: { readonly device: Device; readonly onGone: () => void }): ReactElement {
  const { t, language } = useTexts()
  const [asked, setAsked] = useState(false)
  const revoke = async (): Promise<void> => {
    if (!asked) return setAsked(true)
    await request('DELETE', `/api/devices/${encodeURIComponent(device.id)}`, doneSchema)
    onGone()
  }
  return (
    <li>
      <b>{device.name}</b>
      <span className="digits">
        {deskText(language, 'walls.since', { time: dayAndTime(parseInstant(device.createdAt) ?? 0, language) })}
      </span>
      <button type="button" data-asked={asked} onBlur={() => setAsked(false)} onClick={() => void revoke()}>
        {asked ? deskText(language, 'walls.confirm') : t('desk.revoke')}
      </button>
    </li>
  )
}
