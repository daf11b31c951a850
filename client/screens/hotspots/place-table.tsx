import { useState, type FormEvent, type ReactElement } from 'react'

import type { HotPlace, HotspotAnswer } from '../../../shared/hotspot/answer.ts'
import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { PlaceAction } from './hotspot-api.ts'
import { DateField } from './date-field.tsx'
import { Sparkline } from './sparkline.tsx'
import { changeText, classText, countText, placeText, pText, typeText } from './texts.ts'

interface PlaceTableProps {
  readonly answer: HotspotAnswer
  readonly actions: ReadonlyMap<string, PlaceAction>
  readonly chosen: string | null
  readonly onChoose: (place: HotPlace) => void
  /** Null: this role only reads. */
  readonly onAction: ((key: string, action: Omit<PlaceAction, 'place'>) => void) | null
}

/** Places in order of strength, with what was decided about each. */
export function PlaceTable({ answer, actions, chosen, onChoose, onAction }: PlaceTableProps): ReactElement {
  const { language } = useTexts()
  const { head } = answer
  const hasRate = head.parameters.rate !== null
  const selected = head.places.find(({ key }) => key === chosen)
  return (
    <section className="hs-card hs-ranking">
      <header>
        <h2>{hotspotText(language, 'ranking')}</h2>
        <span>{hotspotText(language, 'ranking.hint')}</span>
      </header>
      {head.places.length === 0 ? <p className="hs-none">{hotspotText(language, 'noPlaces')}</p> : null}
      <div className="hs-scroll" hidden={head.places.length === 0}>
        <table>
          <thead>
            <tr>
              {(['rank', 'class', 'place', 'cases', 'expected'] as const).map((key) => (
                <th key={key} data-number={key === 'cases' || key === 'expected'}>
                  {hotspotText(language, key)}
                </th>
              ))}
              <th data-number="true" className="hs-print-only">
                {hotspotText(language, 'excess')}
              </th>
              {hasRate ? <th data-number="true">{hotspotText(language, 'rate')}</th> : null}
              <th data-number="true">p</th>
              <th>{hotspotText(language, 'trend')}</th>
              <th data-number="true">{hotspotText(language, 'change')}</th>
              <th data-number="true">{hotspotText(language, 'year')}</th>
              <th data-number="true">{hotspotText(language, 'hotWeeks')}</th>
              <th>{hotspotText(language, 'weeks', { weeks: head.weeks })}</th>
              <th>{hotspotText(language, 'owner')}</th>
            </tr>
          </thead>
          <tbody>
            {head.places.map((place) => (
              <tr key={place.key} aria-selected={place.key === chosen} onClick={() => onChoose(place)}>
                <td>
                  <button type="button" className="hs-rank digits" aria-label={placeText(language, place)}>
                    {place.rank}
                  </button>
                </td>
                <td>
                  <span className="hs-class" data-level={place.class}>
                    {classText(language, place.class)}
                  </span>
                </td>
                <td className="hs-place">{placeText(language, place)}</td>
                <td data-number="true">{countText(language, place.count)}</td>
                <td data-number="true">{place.expected.toFixed(1)}</td>
                <td data-number="true" className="hs-print-only">
                  {place.excess?.toFixed(1) ?? '—'}
                </td>
                {hasRate ? (
                  <td data-number="true" title={place.rateInterval?.join('–') ?? ''}>
                    {place.ratePerThousand ?? '—'}
                    {place.rateInterval === null ? null : (
                      <small className="hs-print-only"> ({place.rateInterval.join('–')})</small>
                    )}
                  </td>
                ) : null}
                <td data-number="true">{pText(place.q)}</td>
                <td>{typeText(language, place.category)}</td>
                <td data-number="true" data-rise={(place.count ?? 0) > (place.previous ?? Infinity)}>
                  {changeText(place.count, place.previous)}
                </td>
                <td data-number="true">{changeText(place.count, place.yearAgo)}</td>
                <td data-number="true">
                  {place.weekly.length === 0
                    ? '—'
                    : hotspotText(language, 'hotWeeks.of', { hot: place.hotWeeks, total: head.weeks })}
                </td>
                <td>
                  <Sparkline values={place.weekly} rising={(place.count ?? 0) > (place.previous ?? Infinity)} />
                </td>
                <td className="hs-owner">
                  {actions.get(place.key)?.owner ?? '—'}
                  <span className="hs-print-only"> {actions.get(place.key)?.action}</span>
                  {actions.get(place.key)?.dueOn === undefined ? null : <small> {actions.get(place.key)?.dueOn}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {selected !== undefined && onAction !== null ? (
        <ActionForm
          key={selected.key}
          place={selected}
          action={actions.get(selected.key)}
          onSave={(action) => onAction(selected.key, action)}
        />
      ) : null}
    </section>
  )
}

interface ActionFormProps {
  readonly place: HotPlace
  readonly action: PlaceAction | undefined
  readonly onSave: (action: Omit<PlaceAction, 'place'>) => void
}

function ActionForm({ place, action, onSave }: ActionFormProps): ReactElement {
  const { language } = useTexts()
  const [owner, setOwner] = useState(action?.owner ?? '')
  const [what, setWhat] = useState(action?.action ?? '')
  const [due, setDue] = useState(action?.dueOn ?? '')
  const submit = (event: FormEvent): void => {
    event.preventDefault()
    onSave({ owner, action: what, dueOn: due === '' ? null : due })
  }
  return (
    <form className="hs-action" onSubmit={submit}>
      <b>{placeText(language, place)}</b>
      <label>
        {hotspotText(language, 'owner')}
        <input value={owner} maxLength={40} onChange={(event) => setOwner(event.target.value)} />
      </label>
      <label className="hs-wide">
        {hotspotText(language, 'action')}
        <input value={what} maxLength={200} onChange={(event) => setWhat(event.target.value)} />
      </label>
      <label>
        {hotspotText(language, 'due')}
        <DateField label={hotspotText(language, 'due')} value={due} onChange={setDue} />
      </label>
      <button type="submit">{hotspotText(language, 'save')}</button>
    </form>
  )
}
