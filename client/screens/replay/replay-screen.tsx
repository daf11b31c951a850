import './replay.css'
import { useCallback, useMemo, useState, type ReactElement } from 'react'

import type { TimelineMark } from '../../../shared/alarms/timeline-marks.ts'
import type { Position } from '../../../shared/domain/field.ts'
import type { TrailPoint } from '../../../shared/replay/duty-trail.ts'
import type { LoadedSite, Viewer } from '../../app/screen.ts'
import { clockTime } from '../../i18n/format.ts'
import { useTexts } from '../../i18n/language.ts'
import { replayText } from '../../i18n/replay-texts.ts'
import type { MapLayerName } from '../../map/community-map.ts'
import type { HistorySource } from '../../players/history-source.ts'
import { useLayer } from '../../store/use-mirror.ts'
import type { NamedCamera } from '../desk/near-cameras.tsx'
import type { Chosen } from '../desk/record-names.ts'
import { BookmarkTools } from './bookmark-tools.tsx'
import { placeOfChosen, useCamerasThen } from './cameras-then.ts'
import { ChosenPanel, type ShownTrail } from './chosen-panel.tsx'
import { Differences, useAnchor } from './comparison.tsx'
import { RangeTools } from './range-tools.tsx'
import { ReplayAside } from './replay-aside.tsx'
import { ReplayControls } from './replay-controls.tsx'
import { ReplayHeader } from './replay-header.tsx'
import { ReplayLegend } from './replay-legend.tsx'
import { ReplayMap } from './replay-map.tsx'
import { ReplayTimeline } from './replay-timeline.tsx'
import { following, windowAround, type TimeWindow } from './timeline-scale.ts'
import { useBookmarks } from './use-bookmarks.ts'
import { usePlayerState } from './use-player.ts'
import { choiceInAddress, useActions, useAddress, useKeys, type Choice } from './use-replay-actions.ts'
import { useRecordedSpans, useTimelineData } from './use-timeline-data.ts'
import { useTimelinePlayer } from './use-timeline-player.ts'

const REPLAY_LAYERS: readonly MapLayerName[] = ['buildings', 'merchants', 'cameras', 'stations', 'workers', 'alarms', 'cases']
const MINUTE_MS = 60_000
const FIRST_CAMERAS = 4
const NO_WAY: readonly TrailPoint[] = []
const NO_CAMERAS: readonly NamedCamera[] = []

interface ReplayProps {
  readonly viewer: Viewer
  readonly site: LoadedSite
}

/** `/replay`: any instant of the log up to now on the map, with its lanes below and its cameras beside. */
export function ReplayScreen({ viewer, site }: ReplayProps): ReactElement {
  const { language } = useTexts()
  const { mirror, player, source } = useTimelinePlayer(viewer, site)
  const state = usePlayerState(player)
  const live = state.mode === 'live'
  const [spanMinutes, setSpanMinutes] = useState(60)
  const [panned, setPanned] = useState(() => windowAround(player.state.atMs, 60 * MINUTE_MS))
  const [choice, setChoice] = useState<Choice>(choiceInAddress)
  const [range, setRange] = useState<TimeWindow | null>(null)
  const [cameraCount, setCameraCount] = useState(FIRST_CAMERAS)
  const [writingMs, setWritingMs] = useState<number | null>(null)
  const [trail, setTrail] = useState<ShownTrail | null>(null)
  const [anchorMs, setAnchorMs] = useState<number | null>(null)
  const bookmarks = useBookmarks()
  const layers = useMemo(() => REPLAY_LAYERS.filter((layer) => viewer.layers.includes(layer)), [viewer.layers])
  const cameras = useLayer(mirror, 'cameras')
  useLayer(mirror, 'alarms')

  // The window follows the instant as it plays out of it, not what somebody pans away from.
  const [lastAtMs, setLastAtMs] = useState(state.atMs)
  if (state.atMs !== lastAtMs) {
    setLastAtMs(state.atMs)
    setPanned(following(panned, state.atMs))
  }
  const data = useTimelineData(player, panned)

  const { chosen } = choice
  const place = chosen === null ? choice.place : placeOfChosen(mirror, chosen)
  const near = useCamerasThen(mirror, site.layers, place, cameraCount, cameras.version)
  const spans = useRecordedSpans(
    useMemo(() => near.map(({ id }) => id), [near]),
    panned,
  )

  const tracks = useMemo(() => near.map(({ id, name }) => ({ id, name, spans: spans.get(id) ?? null })), [near, spans])

  const clock = useCallback(() => player.clock(), [player])
  const seek = useCallback((atMs: number) => player.controls.seek(Math.round(atMs)), [player])
  const act = useActions(player, setWritingMs)
  useKeys(act)
  useAddress(player, choice)
  const choose = useCallback((next: Chosen | null, there: Position | null = null) => {
    setChoice({ chosen: next, place: there })
    setTrail((held) => (next?.layer === 'cases' && held?.caseId === next.id ? held : null))
  }, [])
  const chooseMark = useCallback(
    (mark: TimelineMark) => {
      player.controls.pause()
      player.controls.seek(mark.recordedAtMs)
      choose({ layer: mark.layer, id: mark.id })
    },
    [player, choose],
  )
  const showSpan = (minutes: number): void => {
    setSpanMinutes(minutes)
    setPanned(windowAround(state.atMs, minutes * MINUTE_MS))
  }
  const way = trail?.points ?? NO_WAY
  const map = { site, mirror, player, state, layers, chosen, place, near, trail: way, onChoose: choose }
  const panel = (
    <ChosenPanel
      mirror={mirror}
      chosen={chosen}
      place={place}
      state={state}
      categories={site.categories}
      trail={trail}
      onTrail={setTrail}
      onClose={() => choose(null)}
    />
  )
  return (
    <main className="replay" data-mode={state.mode} data-compared={anchorMs !== null}>
      <ReplayHeader site={site} state={state} days={data.days} onSeek={seek} />
      {anchorMs === null ? (
        <>
          <ReplayMap {...map} stamp={live ? null : replayText(language, 'notLive')} panel={panel} />
          <ReplayAside
            mirror={mirror}
            atMs={state.atMs}
            live={live}
            knowledge={state.knowledge}
            isDemo={site.manifest.demo}
            chosen={chosen}
            near={near}
            count={cameraCount}
            spans={spans}
            clock={clock}
            onCount={setCameraCount}
            onChoose={choose}
          />
        </>
      ) : (
        <Compared {...map} source={source} anchorMs={anchorMs} />
      )}
      <section className="replay-panel replay-time">
        <div className="replay-bar-row">
          <ReplayControls player={player} state={state} spanMinutes={spanMinutes} onSpan={showSpan} onAction={act} />
          <CompareTools anchorMs={anchorMs} atMs={state.atMs} onAnchor={setAnchorMs} />
          <BookmarkTools bookmarks={bookmarks} writingMs={writingMs} atMs={state.atMs} onWrite={setWritingMs} onSeek={seek} />
          <RangeTools
            range={range}
            atMs={state.atMs}
            layers={viewer.layers}
            cameras={near}
            caseId={chosen?.layer === 'cases' ? chosen.id : null}
            onRange={setRange}
          />
        </div>
        <ReplayTimeline
          window={panned}
          state={state}
          lifetimes={data.lifetimes}
          data={data}
          tracks={tracks}
          range={range}
          bookmarks={bookmarks.all}
          anchorMs={anchorMs}
          onSeek={seek}
          onLive={() => act({ kind: 'live' })}
          onRange={setRange}
          onPan={(byMs) => setPanned(({ fromMs, toMs }) => ({ fromMs: fromMs + byMs, toMs: toMs + byMs }))}
          onMark={chooseMark}
        />
        <ReplayLegend />
      </section>
    </main>
  )
}

type MapProps = Omit<Parameters<typeof ReplayMap>[0], 'stamp' | 'panel'>

interface ComparedProps extends MapProps {
  readonly source: HistorySource
  readonly anchorMs: number
}

/** Two instants side by side: A held still, B on the clock; what changed between them beside. */
function Compared({ source, anchorMs, ...map }: ComparedProps): ReactElement {
  const { language } = useTexts()
  const anchor = useAnchor(map.site, source, anchorMs)
  const anchorState = usePlayerState(anchor.player)
  const stamp = (key: 'compareA' | 'compareB', atMs: number): string => `${replayText(language, key)} ${clockTime(atMs)}`
  return (
    <>
      <div className="replay-pair">
        <ReplayMap
          {...map}
          mirror={anchor.mirror}
          player={anchor.player}
          state={anchorState}
          near={NO_CAMERAS}
          trail={NO_WAY}
          place={placeOfChosen(anchor.mirror, map.chosen)}
          stamp={stamp('compareA', anchorState.atMs)}
          panel={null}
        />
        <ReplayMap {...map} near={NO_CAMERAS} stamp={stamp('compareB', map.state.atMs)} panel={null} />
      </div>
      <aside className="replay-aside">
        <Differences
          anchor={anchor}
          player={map.player}
          mirror={map.mirror}
          categories={map.site.categories}
          chosen={map.chosen}
          onChoose={(next) => map.onChoose(next, null)}
        />
      </aside>
    </>
  )
}

interface CompareToolsProps {
  readonly anchorMs: number | null
  readonly atMs: number
  readonly onAnchor: (atMs: number | null) => void
}

function CompareTools({ anchorMs, atMs, onAnchor }: CompareToolsProps): ReactElement {
  const { language } = useTexts()
  const anchor = (): void => onAnchor(Math.round(atMs))
  return (
    <div className="replay-tools">
      {anchorMs === null ? (
        <button type="button" title={replayText(language, 'compareHint')} onClick={anchor}>
          {replayText(language, 'compare')}
        </button>
      ) : (
        <>
          <button type="button" title={replayText(language, 'compareHint')} onClick={anchor}>
            {replayText(language, 'compareAnchor')}
          </button>
          <button type="button" className="replay-main" onClick={() => onAnchor(null)}>
            {replayText(language, 'compareEnd')}
          </button>
        </>
      )}
    </div>
  )
}
