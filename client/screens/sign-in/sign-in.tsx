import './sign-in.css'
import { useEffect, useState, type FormEvent, type ReactElement } from 'react'
import { z } from 'zod'

import { doneSchema, request } from '../../api/request.ts'
import { isTextKey, type TextKey } from '../../i18n/texts.ts'
import { useTexts } from '../../i18n/language.ts'

const setupSchema = z.object({ needed: z.boolean() })

/** A person signs in; on a server without an administrator, the first one is made here with the code that it printed. */
export function SignIn({ onSignedIn }: { onSignedIn: () => void }): ReactElement {
  const { t, choose, language } = useTexts()
  const [setup, setSetup] = useState(false)
  const [problem, setProblem] = useState<TextKey | null>(null)
  const [busy, setBusy] = useState(false)

  useEffect(() => {
    request('GET', '/api/setup', setupSchema)
      .then((answer) => setSetup(answer.ok && answer.value.needed))
      .catch(() => setSetup(false))
  }, [])

  const submit = async (event: FormEvent<HTMLFormElement>): Promise<void> => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const text = (name: string): string => {
      const value = form.get(name)
      return typeof value === 'string' ? value : ''
    }
    const person = { username: text('username'), password: text('password') }
    setBusy(true)
    const outcome = setup
      ? await request('POST', '/api/setup', doneSchema, { body: { code: text('code'), ...person } })
      : await request('POST', '/api/session', doneSchema, { body: person })
    setBusy(false)
    if (outcome.ok) return onSignedIn()
    const key = `${setup ? 'setup' : 'signIn'}.${outcome.code}`
    setProblem(isTextKey(key) ? key : setup ? 'setup.failed' : 'signIn.failed')
  }

  return (
    <main className="sign-in">
      <form onSubmit={(event) => void submit(event)}>
        <h1>{t('app.title')}</h1>
        <h2>{t(setup ? 'setup.title' : 'signIn.title')}</h2>
        {setup ? (
          <label>
            {t('setup.code')}
            <input name="code" required autoComplete="off" spellCheck={false} />
          </label>
        ) : null}
        <label>
          {t('signIn.username')}
          <input name="username" required autoComplete="username" autoFocus />
        </label>
        <label>
          {t(setup ? 'setup.password' : 'signIn.password')}
          <input name="password" type="password" required autoComplete={setup ? 'new-password' : 'current-password'} />
        </label>
        {problem === null ? null : (
          <p className="sign-in-problem" role="alert">
            {t(problem)}
          </p>
        )}
        <button disabled={busy}>{t(setup ? 'setup.submit' : 'signIn.submit')}</button>
        <button type="button" className="sign-in-language" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}>
          {t('app.language')}
        </button>
      </form>
    </main>
  )
}
