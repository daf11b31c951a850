import './pair-wall.css'
import { useEffect, useState, type ReactElement } from 'react'
import { z } from 'zod'

import { request } from '../../api/request.ts'
import { useTexts } from '../../i18n/language.ts'
import { createAlarmSound } from './alarm-sound.ts'

const startedSchema = z.object({ id: z.string(), code: z.string(), expiresAt: z.string() })
const polledSchema = z.object({ state: z.enum(['waiting', 'paired']) })

const POLL_MS = 2_000
/** After a refusal (too many codes, no server) the wall waits this long before it asks for another code. */
const RETRY_MS = 10_000

type Started = z.output<typeof startedSchema>

/** A screen that nobody has let in yet: shows a code until a duty officer approves it at a desk. */
export function PairWall({ onPaired }: { onPaired: () => void }): ReactElement {
  const { t } = useTexts()
  const [started, setStarted] = useState<Started | null>(null)

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | null = null
    let over = false
    const later = (step: () => Promise<void>, ms: number): void => {
      timer = setTimeout(() => void step(), ms)
    }
    const start = async (): Promise<void> => {
      const answer = await request('POST', '/api/pairings', startedSchema, { body: {} })
      if (over) return
      setStarted(answer.ok ? answer.value : null)
      if (answer.ok) later(() => poll(answer.value.id), POLL_MS)
      else later(start, answer.retryAfterMs ?? RETRY_MS)
    }
    const poll = async (id: string): Promise<void> => {
      const answer = await request('GET', `/api/pairings/${id}`, polledSchema)
      if (over) return
      if (answer.ok && answer.value.state === 'paired') return onPaired()
      if (!answer.ok && answer.code !== 'unreachable') return start()
      later(() => poll(id), POLL_MS)
    }
    void start()
    return () => {
      over = true
      if (timer !== null) clearTimeout(timer)
    }
  }, [onPaired])

  return (
    <main className="pair-wall">
      <h1>{t('pair.title')}</h1>
      {started === null ? <p>{t('pair.failed')}</p> : <p className="pair-wall-code digits">{started.code}</p>}
      <p>{t('pair.hint')}</p>
      <SoundTest />
      <p className="pair-wall-small">{t('pair.expires', { minutes: 5 })}</p>
      <a href="/desk">{t('signIn.title')}</a>
    </main>
  )
}

/** Heard once while somebody stands here: later nobody does. */
function SoundTest(): ReactElement {
  const { t } = useTexts()
  const [sound] = useState(createAlarmSound)
  const [outcome, setOutcome] = useState<'untried' | 'played' | 'refused'>('untried')
  const test = async (): Promise<void> => {
    await sound.allow()
    setOutcome(sound.allowed ? 'played' : 'refused')
    sound.play(1)
  }
  return (
    <p className="pair-wall-sound">
      <button type="button" onClick={() => void test().catch(() => setOutcome('refused'))}>
        {t('pair.sound')}
      </button>{' '}
      <span role="status" data-outcome={outcome}>
        {outcome === 'untried' ? t('pair.soundHint') : t(outcome === 'played' ? 'pair.soundPlayed' : 'pair.soundRefused')}
      </span>
    </p>
  )
}
