import { useEffect, useMemo, useState, type ReactElement } from 'react'

import type { Player } from '../../../shared/replay/player.ts'
import { compareRecords, COMPARED_LAYERS, type RecordDifference } from '../../../shared/replay/compare-worlds.ts'
import type { Category } from '../../../shared/site/site.ts'
import type { LoadedSite } from '../../app/screen.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import type { HistorySource } from '../../players/history-source.ts'
import { createRecordedPlayer } from '../../players/recorded-player.ts'
import { createMirror, type Mirror } from '../../store/mirror.ts'
import { pageVisibility } from '../../store/visibility.ts'
import { fieldName, fieldText } from '../desk/field-text.ts'
import { subjectName, type Chosen } from '../desk/record-names.ts'
import { pageClock } from './use-timeline-player.ts'
import { usePlayerState, useRested } from './use-player.ts'

/** Rows of one layer that are listed. */
const LISTED = 40
/** A playhead that is being dragged is not compared. */
const REST_MS = 250

/** The instant that another one is compared with, in a mirror of its own. */
export interface Anchor {
  readonly mirror: Mirror
  readonly player: Player
}

/** A second player of the same history, for the instant that is held still. */
export function useAnchor(site: LoadedSite, source: HistorySource, atMs: number): Anchor {
  const [made] = useState(() => {
    const mirror = createMirror(site.manifest.origin, pageVisibility(document))
    return { mirror, player: createRecordedPlayer({ ...pageClock(), source, mirror, atMs }) }
  })
  useEffect(() => {
    made.player.start()
    return () => made.player.stop()
  }, [made])
  useEffect(() => made.player.controls.seek(atMs), [made, atMs])
  return made
}

interface DifferencesProps {
  readonly anchor: Anchor
  readonly player: Player
  readonly mirror: Mirror
  readonly categories: readonly Category[]
  readonly chosen: Chosen | null
  readonly onChoose: (chosen: Chosen) => void
}

/** What changed between the two instants, the earlier first, layer by layer. */
export function Differences({ anchor, player, mirror, categories, chosen, onChoose }: DifferencesProps): ReactElement {
  const { t, language } = useTexts()
  const a = usePlayerState(anchor.player)
  const b = usePlayerState(player)
  const forward = a.atMs <= b.atMs
  const known = a.knowledge === 'known' && b.knowledge === 'known'
  const ready = useRested(a.loading || b.loading ? null : `${a.atMs} ${a.seq} ${b.atMs} ${b.seq} ${forward}`, REST_MS)
  const layers = useMemo(() => {
    if (ready === null) return null
    const [before, after] = forward ? [anchor.mirror, mirror] : [mirror, anchor.mirror]
    return COMPARED_LAYERS.map((layer) => ({
      layer,
      found: compareRecords(layer, before.layer(layer).records, after.layer(layer).records),
    })).filter(({ found }) => found.length > 0)
    // `ready` stands for what the mirrors hold.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [anchor, mirror, ready])
  return (
    <section className="replay-panel replay-differences">
      <h2>
        {replayText(language, forward ? 'compareTitle' : 'compareTitleBack')}
        <small className="digits">
          {clockTime(Math.min(a.atMs, b.atMs))} → {clockTime(Math.max(a.atMs, b.atMs))}
        </small>
      </h2>
      {!known ? (
        <p className="replay-empty">{replayText(language, 'compareUnknown')}</p>
      ) : layers === null ? (
        <p className="replay-empty">{replayText(language, 'loading')}</p>
      ) : layers.length === 0 ? (
        <p className="replay-empty">{replayText(language, 'compareSame')}</p>
      ) : (
        <div className="replay-difference-scroll">
          {layers.map(({ layer, found }) => (
            <section key={layer} data-layer={layer}>
              <h3>
                {t(`layer.${layer}`)} <span className="digits">{found.length}</span>
              </h3>
              <ol>
                {found.slice(0, LISTED).map((each) => (
                  <li key={each.id} data-kind={each.kind}>
                    <button
                      type="button"
                      aria-pressed={chosen?.layer === layer && chosen.id === each.id}
                      onClick={() => onChoose({ layer, id: each.id })}
                    >
                      <b>{subjectName(nameSource(each, forward, anchor.mirror, mirror), { layer, id: each.id }, language)}</b>
                      <DifferenceText difference={each} categories={categories} />
                    </button>
                  </li>
                ))}
              </ol>
              {found.length > LISTED ? (
                <p className="replay-empty">{replayText(language, 'compareMore', { count: found.length - LISTED })}</p>
              ) : null}
            </section>
          ))}
        </div>
      )}
    </section>
  )
}

/** Of the two mirrors the one that has the record. */
function nameSource({ kind }: RecordDifference, forward: boolean, anchor: Mirror, mirror: Mirror): Mirror {
  const after = forward ? mirror : anchor
  const before = forward ? anchor : mirror
  return kind === 'removed' ? before : after
}

function DifferenceText(props: {
  readonly difference: RecordDifference
  readonly categories: readonly Category[]
}): ReactElement {
  const { language } = useTexts()
  const { layer, kind, fields } = props.difference
  if (kind !== 'changed') return <span>{replayText(language, `diff.${kind}`)}</span>
  return (
    <span>
      {fields.map(({ name, before, after }) => (
        <span key={name}>
          {fieldName(name, language)} {fieldText(layer, name, before, language, props.categories)} →{' '}
          {fieldText(layer, name, after, language, props.categories)}
        </span>
      ))}
    </span>
  )
}
