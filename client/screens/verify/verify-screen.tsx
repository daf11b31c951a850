import './verify.css'
import { useEffect, useState, type FormEvent, type ReactElement } from 'react'

import { parseInstant } from '../../../shared/domain/field.ts'
import type { BundleVerdict } from '../../../shared/history/verify-bundle.ts'
import { dayAndTime, wholeNumber } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { bundleFaultText, verifyText, type VerifyTextKey } from '../../i18n/verify-texts.ts'
import type { VerifyReply, VerifyRequest } from './verify-worker.ts'

type Stage =
  | { readonly at: 'asking' }
  | { readonly at: 'checking'; readonly share: number }
  | { readonly at: 'unread' }
  | { readonly at: 'over'; readonly verdict: BundleVerdict }

/** `/verify`: anyone checks a bundle against the key of a site, in this browser alone. */
export function VerifyScreen(): ReactElement {
  const { language, choose } = useTexts()
  const text = (key: VerifyTextKey): string => verifyText(language, key)
  const [bundle, setBundle] = useState<File | null>(null)
  const [key, setKey] = useState<File | null>(null)
  const { stage, check, forget } = useCheck()

  const submit = (event: FormEvent): void => {
    event.preventDefault()
    if (bundle !== null) check(bundle, key)
  }
  return (
    <main className="verify">
      <form onSubmit={submit}>
        <header>
          <h1>{text('title')}</h1>
          <button type="button" className="verify-language" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}>
            {text('language')}
          </button>
        </header>
        <p className="verify-local">{text('local')}</p>
        <label>
          {text('bundle')}
          <input
            type="file"
            name="bundle"
            accept=".zip,application/zip"
            required
            onChange={({ target }) => {
              setBundle(target.files?.[0] ?? null)
              forget()
            }}
          />
        </label>
        <label>
          {text('key')}
          <input
            type="file"
            name="key"
            accept=".pub,.pem"
            onChange={({ target }) => {
              setKey(target.files?.[0] ?? null)
              forget()
            }}
          />
          <small>{text('keyHint')}</small>
        </label>
        <button className="verify-main" disabled={bundle === null || stage.at === 'checking'}>
          {text('check')}
        </button>
        <Outcome stage={stage} />
      </form>
    </main>
  )
}

function Outcome({ stage }: { readonly stage: Stage }): ReactElement | null {
  const { language } = useTexts()
  switch (stage.at) {
    case 'asking':
      return null
    case 'checking':
      return (
        <label className="verify-progress">
          {verifyText(language, 'checking')}
          <progress max={1} value={stage.share} />
        </label>
      )
    case 'unread':
      return (
        <section className="verify-outcome" data-outcome="fails" role="alert">
          <h2>{verifyText(language, 'unread')}</h2>
        </section>
      )
    case 'over':
      return <Verdict verdict={stage.verdict} />
  }
}

function Verdict({ verdict }: { readonly verdict: BundleVerdict }): ReactElement {
  const { language } = useTexts()
  const text = (key: VerifyTextKey): string => verifyText(language, key)
  if (!verdict.ok) {
    return (
      <section className="verify-outcome" data-outcome="fails" role="alert">
        <h2>
          <Sign kind="fails" />
          {text('fails')}
        </h2>
        <p>{bundleFaultText(language, verdict.code)}</p>
        <dl>
          <dt>{text('firstDifference')}</dt>
          <dd>
            <code>{verdict.part === '' ? verdict.code : verdict.part}</code>
          </dd>
        </dl>
      </section>
    )
  }
  const { manifest, signed } = verdict
  const time = (instant: string): string => dayAndTime(parseInstant(instant) ?? 0, language)
  const facts: readonly [string, string][] = [
    [text('range'), `${time(manifest.from)} – ${time(manifest.to)}`],
    [text('madeAt'), time(manifest.madeAt)],
    [text('reason'), manifest.reason],
    [text('parts'), wholeNumber(manifest.parts.length)],
    [text('chunks'), `${wholeNumber(manifest.chain.length)} ${text('chunksOf')}`],
    [text('people'), text(manifest.classes.includes('people') ? 'peopleIn' : 'peopleOut')],
  ]
  return (
    <section className="verify-outcome" data-outcome={signed ? 'holds' : 'whole'} role="status">
      <h2>
        <Sign kind={signed ? 'holds' : 'whole'} />
        {text(signed ? 'holds' : 'whole')}
      </h2>
      {signed ? null : <p>{text('wholeHint')}</p>}
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="digits">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  )
}

/** A tick, a question or a cross: never by colour alone. */
function Sign({ kind }: { readonly kind: 'holds' | 'whole' | 'fails' }): ReactElement {
  const strokes = {
    holds: 'M6 13 L11 18 L19 7',
    whole: 'M8 9 a4 4 0 1 1 5.5 3.7 L12.5 14.5 M12.5 18 v.5',
    fails: 'M7 7 L18 18 M18 7 L7 18',
  }
  return (
    <svg width="28" height="28" viewBox="0 0 25 25" aria-hidden="true">
      <path d={strokes[kind]} fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" strokeLinejoin="round" />
    </svg>
  )
}

/** One check at a time, in a worker that ends with it. */
function useCheck() {
  const [stage, setStage] = useState<Stage>({ at: 'asking' })
  const [asked, setAsked] = useState<{ readonly bundle: File; readonly key: File | null } | null>(null)
  useEffect(() => {
    if (asked === null) return undefined
    const worker = new Worker(new URL('./verify-worker.ts', import.meta.url), { type: 'module' })
    worker.addEventListener('message', ({ data }: MessageEvent<VerifyReply>) => {
      if (data.kind === 'progress') setStage({ at: 'checking', share: data.done / data.of })
      else setStage(data.kind === 'verdict' ? { at: 'over', verdict: data.verdict } : { at: 'unread' })
    })
    worker.addEventListener('error', () => setStage({ at: 'unread' }))
    const { bundle, key } = asked
    Promise.resolve(key?.slice(0, LONGEST_KEY_BYTES).text() ?? null).then(
      (keyPem) => worker.postMessage({ bundle, keyPem } satisfies VerifyRequest),
      () => setStage({ at: 'unread' }),
    )
    return () => worker.terminate()
  }, [asked])
  return {
    stage,
    check(bundle: File, key: File | null) {
      setStage({ at: 'checking', share: 0 })
      setAsked({ bundle, key })
    },
    forget() {
      setStage({ at: 'asking' })
      setAsked(null)
    },
  }
}

/** A key in PEM is 113 bytes. */
const LONGEST_KEY_BYTES = 4_096
