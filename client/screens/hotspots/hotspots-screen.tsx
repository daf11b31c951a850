import './hotspots.css'
import { useCallback, useEffect, useMemo, useState, type ReactElement } from 'react'

import type { HotPlace } from '../../../shared/hotspot/answer.ts'
import { reportCsv } from '../../../shared/hotspot/report-csv.ts'
import { polygonsOf, type Outline } from '../../../shared/hotspot/outline.ts'
import { doneSchema, request } from '../../api/request.ts'
import type { LoadedSite, Viewer } from '../../app/screen.ts'
import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import { CellCard } from './cell-card.tsx'
import { DataPanel } from './data-panel.tsx'
import { DayChart } from './day-chart.tsx'
import { EffectsPanel } from './effects-panel.tsx'
import {
  actionsSchema,
  cellSchema,
  datasetsSchema,
  interventionsSchema,
  queryOf,
  studySchema,
  type PlaceAction,
  type Question,
} from './hotspot-api.ts'
import { Legend } from './legend.tsx'
import { Busy, FailureNote } from './notes.tsx'
import { PlaceTable } from './place-table.tsx'
import { ReportMap } from './report-map.tsx'
import { ReportFoot, Summary } from './report.tsx'
import { placeText } from './texts.ts'
import { dayBefore, Toolbar } from './toolbar.tsx'
import { useAnswer, useLoaded } from './use-answer.ts'
import { useDrawing } from './use-drawing.tsx'
import { useHotspotMap } from './use-hotspot-map.ts'
import { WeekStepper } from './week-stepper.tsx'

interface HotspotsScreenProps {
  readonly viewer: Viewer
  /** Null until somebody imported one: then datasets alone can be reviewed. */
  readonly site: LoadedSite | null
}

/** The last day that a review looks at at first: the last day of the data, else today. */
function firstQuestion(dataset: string, toMs: number | null, timeZone: string): Question {
  const to = new Date(toMs ?? Date.now()).toLocaleDateString('sv-SE', { timeZone })
  return { dataset, from: dayBefore(to, 29), to, category: null, cellMeters: 60, ring: 1, mode: 'exact', rate: null }
}

/** `/hotspots`: where cases gather beyond chance, whether that is new, and whether what was done helped. */
export function HotspotsScreen({ viewer, site }: HotspotsScreenProps): ReactElement {
  const { t, language, choose } = useTexts()
  const mayWrite = viewer.role === 'office'
  const [version, setVersion] = useState(0)
  const list = useLoaded('/api/hotspots/datasets', datasetsSchema, version).value
  const [chosenSet, setChosenSet] = useState<string | null>(null)
  const dataset = chosenSet ?? (list === null ? null : list.community ? 'community' : (list.datasets[0]?.id ?? null))
  const study = useLoaded(dataset === null ? null : `/api/hotspots/datasets/${dataset}`, studySchema, version).value
  const fits = study !== null && study.study.id === dataset
  const [changed, setChanged] = useState<Partial<Question>>({})
  const [changes, setChanges] = useState(0)
  const question = useMemo<Question | null>(
    () =>
      fits ? { ...firstQuestion(study.study.id, study.toMs, study.study.timeZone), ...changed, dataset: study.study.id } : null,
    [fits, study, changed],
  )
  const answer = useAnswer(question)
  const actions = useLoaded(dataset === null ? null : `/api/hotspots/datasets/${dataset}/actions`, actionsSchema, version).value
  const effects = useLoaded(
    dataset === null ? null : `/api/hotspots/datasets/${dataset}/interventions`,
    interventionsSchema,
    version,
  ).value
  const [cell, setCell] = useState<string | null>(null)
  const [week, setWeek] = useState<number | null>(null)
  const [dataOpen, setDataOpen] = useState(false)
  const isHere = site !== null && (dataset === 'community' || (fits && holds(study.study.outline, site.manifest.origin)))
  const ground = isHere ? site : null
  const { hostRef, map } = useHotspotMap(ground, language, setCell)
  const shown = answer.value
  const loaded = useLoaded(
    cell === null || question === null ? null : `/api/hotspots/cells/${cell}?${queryOf(question)}`,
    cellSchema,
  ).value
  // What was loaded stays until the next is there: it is shown for its own cell only.
  const detail = cell !== null && loaded?.cell === cell ? loaded : null

  useEffect(() => {
    if (map !== null && shown !== null) map.show(shown.features, shown.head.outline, shown.head.places)
  }, [map, shown])
  useEffect(() => map?.setWeek(week), [map, week, shown])
  useEffect(() => map?.select(cell), [map, cell, shown])

  const change = useCallback((next: Partial<Question>) => {
    if (next.dataset !== undefined) setChosenSet(next.dataset)
    setChanged((before) => (next.dataset === undefined ? { ...before, ...next } : { cellMeters: before.cellMeters ?? 60 }))
    // What is compared afterwards was changed after looking: the report says how often.
    if (next.cellMeters !== undefined || next.ring !== undefined || next.from !== undefined || next.to !== undefined)
      setChanges((count) => count + 1)
    setWeek(null)
    setCell(null)
  }, [])
  const byPlace = useMemo(() => {
    const prefix = `${question?.cellMeters ?? 0}:`
    return new Map(
      (actions?.actions ?? [])
        .filter(({ place }) => place.startsWith(prefix))
        .map((one) => [one.place.slice(prefix.length), one]),
    )
  }, [actions, question?.cellMeters])
  const keepAction = async (key: string, action: Omit<PlaceAction, 'place'>): Promise<void> => {
    await request('PUT', `/api/hotspots/datasets/${dataset}/actions`, doneSchema, {
      body: { place: `${question?.cellMeters}:${key}`, ...action },
    })
    setVersion((count) => count + 1)
  }
  const choosePlace = (place: HotPlace): void => {
    setCell(place.key)
    map?.flyTo(place.lng, place.lat)
  }
  const { bar, draw } = useDrawing(map)
  const categoryText = (category: string): string => {
    if (category === '') return hotspotText(language, 'category.unnamed')
    return (language === 'en' ? site?.categories.find(({ name: zh }) => zh === category)?.nameEn : undefined) ?? category
  }
  const signOut = async (): Promise<void> => {
    await request('DELETE', '/api/session', doneSchema)
    location.assign('/')
  }
  const chosen = cell === null ? undefined : shown?.features.find(({ properties }) => properties.id === cell)?.properties
  const place = shown?.head.places.find(({ key }) => key === cell)
  const name =
    chosen === undefined ? '' : placeText(language, { name: place?.name ?? null, nameEn: place?.nameEn ?? null, key: chosen.id })

  return (
    <main className="hs">
      <header className="hs-header">
        <h1>
          {hotspotText(language, 'title')}
          <span className="hs-print-only">
            {' · '}
            {study?.study.name ?? ''}
          </span>
        </h1>
        <span className="hs-method">
          {hotspotText(language, 'method.line', {
            cell: question?.cellMeters ?? 60,
            ring: question?.ring ?? 1,
            mode: hotspotText(language, shown?.head.usedMode === 'z' ? 'mode.z' : 'mode.exact'),
          })}
        </span>
        {site?.manifest.demo === true ? <span className="hs-demo">{t('app.demo')}</span> : null}
        {changes === 0 ? null : <small className="hs-changed">{hotspotText(language, 'changed', { times: changes })}</small>}
        <span className="hs-gap" />
        {mayWrite ? (
          <button type="button" onClick={() => setDataOpen(!dataOpen)}>
            {hotspotText(language, 'data')}
          </button>
        ) : null}
        <button
          type="button"
          disabled={shown === null}
          onClick={() => shown !== null && download('hotspots.csv', 'text/csv', reportCsv(shown, byPlace))}
        >
          {hotspotText(language, 'csv')}
        </button>
        {question === null ? null : (
          <a className="hs-button" href={`/api/hotspots?${queryOf(question)}&download=1`} download="hotspots.geojson">
            {hotspotText(language, 'geojson')}
          </a>
        )}
        <button type="button" className="hs-primary" disabled={shown === null} onClick={() => print()}>
          {hotspotText(language, 'print')}
        </button>
        <button type="button" onClick={() => choose(language === 'zh' ? 'en' : 'zh')}>
          {t('app.language')}
        </button>
        <button type="button" onClick={() => void signOut()}>
          {t('app.signOut')}
        </button>
      </header>
      {question === null || study === null || list === null ? null : (
        <Toolbar question={question} study={study} list={list} categoryText={categoryText} onChange={change} />
      )}
      <div className="hs-body">
        <section className="hs-map" aria-label={hotspotText(language, 'title')}>
          <div ref={hostRef} className="hs-map-host" />
          {shown === null ? null : <ReportMap answer={shown} site={ground} />}
          {answer.busy ? <Busy progress={answer.progress} /> : null}
          {bar}
          {answer.failure === null ? null : (
            <FailureNote failure={answer.failure} onFit={(cellMeters) => change({ cellMeters })} />
          )}
          {/* While an area is drawn the whole map is there to be clicked. */}
          {shown === null || bar !== null ? null : <Legend head={shown.head} />}
          {shown === null || bar !== null ? null : <WeekStepper head={shown.head} week={week} onWeek={setWeek} />}
          {chosen === undefined || question === null ? null : (
            <CellCard
              cell={chosen}
              name={name}
              detail={detail}
              timeZone={study?.study.timeZone ?? 'UTC'}
              categoryText={categoryText}
              onClose={() => setCell(null)}
            />
          )}
          {dataOpen && list !== null && dataset !== null ? (
            <DataPanel
              list={list}
              dataset={dataset}
              onPreview={(places) => map?.preview(places)}
              onDraw={draw}
              onChanged={(id) => {
                if (id !== null) change({ dataset: id })
                setVersion((count) => count + 1)
              }}
              onClose={() => {
                setDataOpen(false)
                map?.preview([])
              }}
            />
          ) : null}
        </section>
        <div className="hs-side">
          {shown === null ? null : <Summary answer={shown} categoryText={categoryText} />}
          {shown === null ? null : (
            <PlaceTable
              answer={shown}
              actions={byPlace}
              chosen={cell}
              onChoose={choosePlace}
              onAction={mayWrite ? (key, action) => void keepAction(key, action) : null}
            />
          )}
          {shown === null ? null : (
            <DayChart
              title={
                detail?.daily == null ? hotspotText(language, 'chart.title') : `${name} ${hotspotText(language, 'chart.title')}`
              }
              days={
                detail?.daily == null
                  ? shown.head.daily
                  : detail.daily.map((count, i) => ({ day: shown.head.daily[i]?.day ?? '', count: count ?? 0 }))
              }
              previous={detail?.previousDaily?.map((count) => count ?? 0) ?? null}
            />
          )}
          {dataset === null ? null : (
            <EffectsPanel
              dataset={dataset}
              category={question?.category ?? null}
              cards={effects?.interventions ?? []}
              mayWrite={mayWrite}
              onDraw={draw}
              onChanged={() => setVersion((count) => count + 1)}
            />
          )}
          {shown === null ? null : <ReportFoot answer={shown} changes={changes} />}
        </div>
      </div>
    </main>
  )
}

/** Whether a place lies in the bounding box of an outline: then the community's own map is drawn under the cells. */
function holds(outline: Outline, [lng, lat]: readonly [number, number]): boolean {
  const corners = polygonsOf(outline).flat(2)
  const within = (at: 0 | 1, value: number): boolean =>
    corners.some((corner) => corner[at] <= value) && corners.some((corner) => corner[at] >= value)
  return within(0, lng) && within(1, lat)
}

function download(name: string, type: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }))
  const link = document.createElement('a')
  link.href = url
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
