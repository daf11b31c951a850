import { useState, type FormEvent, type ReactElement } from 'react'

import type { EffectCard } from '../../../shared/hotspot/intervention.ts'
import { doneSchema, request } from '../../api/request.ts'
import { hotspotText, isHotspotTextKey } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { DateField, isDay } from './date-field.tsx'
import type { InterventionCard } from './hotspot-api.ts'
import type { Ring } from './use-drawing.tsx'

interface EffectsPanelProps {
  readonly dataset: string
  readonly category: string | null
  readonly cards: readonly InterventionCard[]
  readonly mayWrite: boolean
  /** Lets the user draw on the map; null when they give up. */
  readonly onDraw: (what: string) => Promise<Ring | null>
  readonly onChanged: () => void
}

/** What was done and whether it helped, each against a control. */
export function EffectsPanel({ dataset, category, cards, mayWrite, onDraw, onChanged }: EffectsPanelProps): ReactElement {
  const { language } = useTexts()
  const [adding, setAdding] = useState(false)
  const remove = async (id: string): Promise<void> => {
    await request('DELETE', `/api/hotspots/interventions/${id}`, doneSchema)
    onChanged()
  }
  return (
    <section className="hs-card hs-effects">
      <header>
        <h2>{hotspotText(language, 'effects')}</h2>
        {mayWrite ? (
          <button type="button" onClick={() => setAdding(!adding)}>
            {hotspotText(language, adding ? 'close' : 'effects.add')}
          </button>
        ) : null}
      </header>
      {adding ? (
        <InterventionForm
          dataset={dataset}
          category={category}
          onDraw={onDraw}
          onAdded={() => {
            setAdding(false)
            onChanged()
          }}
        />
      ) : null}
      {cards.length === 0 ? <p className="hs-none">{hotspotText(language, 'effects.none')}</p> : null}
      {cards.map(({ id, intervention, effect }) => (
        <article key={id} className="hs-effect">
          <h3>
            {intervention.name} <small>{intervention.startsOn}</small>
            {mayWrite ? (
              <button type="button" onClick={() => void remove(id)}>
                {hotspotText(language, 'remove')}
              </button>
            ) : null}
          </h3>
          {'card' in effect ? <Card card={effect.card} /> : <p>{codeText(language, effect.code)}</p>}
        </article>
      ))}
    </section>
  )
}

function codeText(language: 'zh' | 'en', code: string): string {
  const key = `effects.${code}`
  return hotspotText(language, isHotspotTextKey(key) ? key : 'failed.other')
}

function Card({ card }: { readonly card: EffectCard }): ReactElement {
  const { language } = useTexts()
  const [low, high] = card.interval
  const { difference, interval } = card.displaced
  return (
    <>
      <p className="hs-verdict" data-verdict={card.verdict}>
        {hotspotText(language, `verdict.${card.verdict}`)}
        <span>
          {hotspotText(language, 'effects.ratio')} <b className="digits">×{card.ratio.toFixed(2)}</b>（
          {hotspotText(language, 'effects.interval', { low: low.toFixed(2), high: high.toFixed(2) })}）
        </span>
      </p>
      <IntervalBar ratio={card.ratio} low={low} high={high} />
      <table>
        <tbody>
          {(
            [
              ['effects.treatedCounts', card.treated],
              ['effects.controlCounts', card.control],
              ['effects.ringCounts', card.displacement],
              ['effects.controlRingCounts', card.displacementControl],
            ] as const
          ).map(([key, [before, after]]) => (
            <tr key={key}>
              <th>{hotspotText(language, key)}</th>
              <td>
                {hotspotText(language, 'effects.before')} <b className="digits">{before}</b>
              </td>
              <td>
                {hotspotText(language, 'effects.after')} <b className="digits">{after}</b>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p>
        {hotspotText(language, 'effects.displaced', {
          change: difference.toFixed(0),
          low: interval[0].toFixed(0),
          high: interval[1].toFixed(0),
        })}
      </p>
      {card.shortened ? <p>{hotspotText(language, 'effects.shortened', { weeks: card.weeks })}</p> : null}
      {card.chosenBecauseWorst ? <p className="hs-warning">{hotspotText(language, 'effects.worst.warning')}</p> : null}
    </>
  )
}

/** The interval on a logarithmic scale from a tenth to ten times, with the line of no effect. */
function IntervalBar({
  ratio,
  low,
  high,
}: {
  readonly ratio: number
  readonly low: number
  readonly high: number
}): ReactElement {
  const x = (value: number): number => 150 + Math.max(-1, Math.min(1, Math.log10(value))) * 140
  return (
    <svg viewBox="0 0 300 26" className="hs-interval" aria-hidden="true">
      <line x1="150" x2="150" y1="2" y2="24" stroke="#17212f" strokeDasharray="3 2" />
      <line x1={x(low)} x2={x(high)} y1="13" y2="13" stroke="#1d5fa8" strokeWidth="4" />
      <circle cx={x(ratio)} cy="13" r="5" fill="#1d5fa8" />
    </svg>
  )
}

interface InterventionFormProps {
  readonly dataset: string
  readonly category: string | null
  readonly onDraw: (what: string) => Promise<Ring | null>
  readonly onAdded: () => void
}

function InterventionForm({ dataset, category, onDraw, onAdded }: InterventionFormProps): ReactElement {
  const { language } = useTexts()
  const [treated, setTreated] = useState<Ring | null>(null)
  const [control, setControl] = useState<Ring | null>(null)
  const [startsOn, setStartsOn] = useState('')
  const [said, setSaid] = useState('')
  const draw = async (what: 'effects.treated' | 'effects.control', keep: (ring: Ring) => void): Promise<void> => {
    const ring = await onDraw(hotspotText(language, what))
    // Given up: what was drawn before stays.
    if (ring !== null) keep(ring)
  }
  const add = async (form: FormData): Promise<void> => {
    const text = (name: string): string => {
      const value = form.get(name)
      return typeof value === 'string' ? value : ''
    }
    const answer = await request('POST', `/api/hotspots/datasets/${dataset}/interventions`, doneSchema, {
      body: {
        name: text('name'),
        category,
        startsOn,
        weeks: Number(text('weeks')),
        treated: { type: 'Polygon', coordinates: [treated] },
        control: { type: 'Polygon', coordinates: [control] },
        displacementMeters: Number(text('ring')),
        chosenBecauseWorst: form.get('worst') !== null,
      },
    })
    if (answer.ok) onAdded()
    else
      setSaid(
        answer.field === 'control'
          ? codeText(language, 'areas_overlap')
          : hotspotText(language, 'data.failed', { why: answer.field ?? answer.code }),
      )
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    if (!isDay(startsOn)) return setSaid(hotspotText(language, 'effects.date'))
    void add(new FormData(event.currentTarget))
  }
  const drawn = (ring: Ring | null): string =>
    ring === null ? '' : ` · ${hotspotText(language, 'effects.drawn', { corners: ring.length - 1 })}`
  return (
    <form className="hs-form" onSubmit={submit}>
      <label>
        {hotspotText(language, 'effects.name')}
        <input name="name" required maxLength={80} />
      </label>
      <label>
        {hotspotText(language, 'effects.starts')}
        <DateField label={hotspotText(language, 'effects.starts')} value={startsOn} required onChange={setStartsOn} />
      </label>
      <label>
        {hotspotText(language, 'effects.weeks')}
        <input name="weeks" type="number" min={4} max={104} defaultValue={26} />
      </label>
      <label>
        {hotspotText(language, 'effects.ring')}
        <input name="ring" type="number" min={0} max={2000} defaultValue={100} />
      </label>
      <label className="hs-check">
        <input name="worst" type="checkbox" /> {hotspotText(language, 'effects.worst')}
      </label>
      <button type="button" onClick={() => void draw('effects.treated', setTreated)}>
        {hotspotText(language, 'effects.treated')}
        {drawn(treated)}
      </button>
      <button type="button" onClick={() => void draw('effects.control', setControl)}>
        {hotspotText(language, 'effects.control')}
        {drawn(control)}
      </button>
      <button type="submit" className="hs-primary" disabled={treated === null || control === null}>
        {hotspotText(language, 'save')}
      </button>
      <p role="status">{said}</p>
    </form>
  )
}
