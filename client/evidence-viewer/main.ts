import '../app/schemas-without-eval.ts'
import './viewer.css'
import { alarmOf, compareAlarms, isOpen } from '../../shared/alarms/alarm-state.ts'
import { parseInstant } from '../../shared/domain/field.ts'
import { viewerIndexSchema, type ViewerIndex } from '../../shared/history/viewer-index.ts'
import { outages } from '../../shared/replay/known-time.ts'
import { layerOf, recordOf, type World, type WorldRecord } from '../../shared/world/world.ts'
import { alarmKindText } from '../i18n/alarm-texts.ts'
import { clockTime, dayAndTime, longDate } from '../i18n/format.ts'
import type { Language } from '../i18n/language.ts'
import { viewerText, type ViewerTextKey } from '../i18n/viewer-texts.ts'
import { fieldName, fieldText, shownFields } from '../screens/desk/field-text.ts'
import { element } from './elements.ts'
import { EvidenceLog } from './evidence-log.ts'
import { createPartLoader } from './load-part.ts'
import { MapView, type Hit } from './map-view.ts'
import { VideoWall } from './video-wall.ts'

declare global {
  /** What `viewer/index.js` says. */
  var lookoutIndex: unknown
}

const SPEEDS = [0.25, 0.5, 1, 2, 4, 8, 16, 60, 240] as const
const FIRST_SPEED = '1'
/** Rows of a list at the side. */
const MOST_ROWS = 12
const CLOSED = new Set(['closed', 'rejected', 'merged'])

/** A page from a folder has an address that cannot carry `?lang=` safely; its language is chosen on it, Chinese first. */
async function show(index: ViewerIndex, root: HTMLElement, language: Language, startMs: number | null): Promise<() => number> {
  const text = (key: ViewerTextKey): string => viewerText(language, key)
  const [fromMs, toMs] = [parseInstant(index.from) ?? 0, parseInstant(index.to) ?? 0]
  // A bundle without a keyframe begins with the log itself: before its first change nothing was recorded.
  const beginsMs = index.keyframeSeq === null ? (index.chunks[0]?.fromMs ?? null) : null
  const firstMs = index.logFrom === null ? beginsMs : parseInstant(index.logFrom)
  const categories = index.site?.categories ?? []
  const down = outages(index.lifetimes)
  const log = new EvidenceLog(index, createPartLoader(document))
  const first = await log.worldAt(fromMs)
  const cameraName = (id: string): string => wordOf(recordOf(first, 'cameras', id)?.fields['name']) ?? id

  let atMs = startMs ?? fromMs
  let playing = false
  let speed: number = Number(FIRST_SPEED)
  let chosen: Hit | null = null

  const slider = element('input', {
    type: 'range',
    min: String(fromMs),
    max: String(toMs),
    step: '100',
    'aria-label': text('instant'),
  })
  const clock = element('time')
  const day = element('span', { class: 'day' })
  const play = element('button', { type: 'button', class: 'play' })
  const rates = element(
    'select',
    { 'aria-label': text('speed') },
    ...SPEEDS.map((one) => element('option', { value: String(one) }, `${one}×`)),
  )
  rates.value = FIRST_SPEED
  const unknown = element('p', { class: 'unknown', role: 'status' })
  const canvas = element('canvas')
  const [alarms, cases, card] = [element('ol', { class: 'alarms' }), element('ol', { class: 'cases' }), element('dl')]
  const cardBox = element('section', { class: 'chosen' }, element('h2', {}, text('chosen')), card)
  const band = element('div', { class: 'band' })
  for (const gap of [...down, ...(firstMs === null ? [] : [{ fromMs, toMs: firstMs }])]) {
    const [left, right] = [Math.max(fromMs, gap.fromMs), Math.min(toMs, gap.toMs)]
    if (right <= left) continue
    const mark = element('i')
    mark.style.left = `${(100 * (left - fromMs)) / (toMs - fromMs)}%`
    mark.style.width = `${(100 * (right - left)) / (toMs - fromMs)}%`
    band.append(mark)
  }
  const videos = new VideoWall(index.videos, cameraName, text('noRecording'))
  const swap = element('button', { type: 'button' }, text('language'))
  const head = element(
    'header',
    {},
    element('b', { class: 'badge' }, text('title')),
    element('h1', {}, index.site?.name[language] ?? ''),
    element('span', {}, `${dayAndTime(fromMs, language)} – ${dayAndTime(toMs, language)}`),
    element('span', { class: 'why' }, `${text('reason')}：${index.reason}`),
    element('small', {}, text('lookIsNoCheck')),
    swap,
  )
  const aside = element(
    'aside',
    {},
    element(
      'section',
      {},
      element('h2', {}, text('videos')),
      index.videos.length === 0 ? element('p', {}, text('noVideos')) : videos.root,
    ),
    cardBox,
    element('section', {}, element('h2', {}, text('alarms')), alarms),
    element('section', {}, element('h2', {}, text('cases')), cases),
  )
  const controls = element(
    'footer',
    {},
    element(
      'div',
      { class: 'row' },
      play,
      rates,
      element('div', { class: 'when' }, clock, day, element('small', {}, text('zone'))),
    ),
    element('div', { class: 'lane' }, band, slider),
  )
  root.replaceChildren(
    head,
    element('main', {}, canvas, element('p', { class: 'stamp' }, text('notLive')), unknown),
    aside,
    controls,
  )
  const map = new MapView(canvas, index.site, first, (hit) => {
    chosen = hit
    request()
  })

  const unknownWhy = (): 'before' | 'down' | null => {
    if (firstMs !== null && atMs < firstMs) return 'before'
    return down.some((gap) => atMs > gap.fromMs && atMs < gap.toMs) ? 'down' : null
  }
  const rowOf = (layer: Hit['layer'], record: WorldRecord, name: string, state: string, sinceMs: number | null) => {
    const button = element(
      'button',
      { type: 'button', 'aria-pressed': String(chosen?.layer === layer && chosen.id === record.id) },
      element('b', {}, name),
      element('span', {}, state),
      element('span', { class: 'digits' }, sinceMs === null ? '' : clockTime(sinceMs)),
    )
    button.addEventListener('click', () => {
      chosen = { layer, id: record.id }
      request()
    })
    return element('li', {}, button)
  }
  const paintLists = (world: World | null): void => {
    const open =
      world === null
        ? []
        : [...layerOf(world, 'alarms').records.values()]
            .map((record) => ({ record, alarm: alarmOf(record.fields) }))
            .filter(({ alarm }) => isOpen(alarm))
            .toSorted((a, b) => compareAlarms(a.alarm, b.alarm))
    alarms.replaceChildren(
      ...open.slice(0, MOST_ROWS).map(({ record, alarm }) => {
        const state = fieldText('alarms', 'state', alarm.state ?? null, language, categories)
        return rowOf(
          'alarms',
          record,
          `${alarm.priority} ${alarmKindText(alarm.kind, language)}`,
          state,
          parseInstant(alarm.raisedAt),
        )
      }),
      open.length === 0 ? element('li', {}, text('noAlarms')) : '',
    )
    const unclosed =
      world === null
        ? []
        : [...layerOf(world, 'cases').records.values()]
            .filter(({ id, fields }) => id === index.caseId || !CLOSED.has(wordOf(fields['stage']) ?? ''))
            .toSorted((a, b) => Number(b.id === index.caseId) - Number(a.id === index.caseId) || b.observedAt - a.observedAt)
    cases.replaceChildren(
      ...unclosed.slice(0, MOST_ROWS).map((record) => {
        const what = (name: string) => fieldText('cases', name, record.fields[name] ?? null, language, categories)
        return rowOf('cases', record, what('categoryCode'), what('stage'), record.observedAt)
      }),
      unclosed.length === 0 ? element('li', {}, text('noCases')) : '',
    )
    const record = world === null || chosen === null ? undefined : recordOf(world, chosen.layer, chosen.id)
    cardBox.hidden = record === undefined
    if (record === undefined || chosen === null) return
    const { layer } = chosen
    card.replaceChildren(
      ...[['id', record.id] as const, ['name', wordOf(record.fields['name'])] as const].flatMap(([name, value]) =>
        value === null ? [] : [element('dt', {}, fieldName(name, language)), element('dd', {}, value)],
      ),
      ...shownFields(layer)
        .filter((name) => (record.fields[name] ?? null) !== null)
        .flatMap((name) => [
          element('dt', {}, fieldName(name, language)),
          element('dd', {}, fieldText(layer, name, record.fields[name] ?? null, language, categories)),
        ]),
    )
  }

  let working = false
  let wanted = true
  /** Shows the instant as it is when the one before it is shown: one at a time, none left behind. */
  const request = (): void => {
    wanted = true
    if (working) return
    working = true
    const work = async (): Promise<void> => {
      while (wanted) {
        wanted = false
        const why = unknownWhy()
        const world = why === null ? await log.worldAt(atMs) : null
        unknown.textContent = why === null ? '' : text(why)
        unknown.hidden = why === null
        map.show(world, chosen, language)
        paintLists(world)
        root.dataset['seq'] = String(world?.seq ?? '')
        root.dataset['at'] = String(atMs)
      }
    }
    work()
      .catch(() => fail(root))
      .finally(() => {
        working = false
        if (wanted) request()
      })
  }
  const paintClock = (): void => {
    clock.textContent = clockTime(atMs)
    clock.dateTime = new Date(atMs).toISOString()
    day.textContent = longDate(atMs, language)
    slider.value = String(atMs)
    play.textContent = text(playing ? 'pause' : 'play')
    videos.show(atMs, playing, speed)
  }
  let lastMs = performance.now()
  let ended = false
  const frame = (nowMs: number): void => {
    if (ended) return
    if (playing) {
      atMs = Math.min(toMs, atMs + (nowMs - lastMs) * speed)
      if (atMs >= toMs) playing = false
      request()
    }
    lastMs = nowMs
    paintClock()
    requestAnimationFrame(frame)
  }
  play.addEventListener('click', () => {
    if (!playing && atMs >= toMs) atMs = fromMs
    playing = !playing
  })
  rates.addEventListener('change', () => {
    speed = Number(rates.value)
  })
  slider.addEventListener('input', () => {
    atMs = Number(slider.value)
    request()
  })
  swap.addEventListener('click', () => {
    ended = true
    void start(language === 'zh' ? 'en' : 'zh', atMs)
  })
  request()
  requestAnimationFrame(frame)
  return () => atMs
}

const wordOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

function fail(root: HTMLElement): void {
  root.replaceChildren(
    element('p', { class: 'broken', role: 'alert' }, viewerText('zh', 'broken'), element('br'), viewerText('en', 'broken')),
  )
}

async function start(language: Language, startMs: number | null): Promise<void> {
  const root = document.getElementById('viewer')
  if (root === null) return
  document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
  const parsed = viewerIndexSchema.safeParse(globalThis.lookoutIndex)
  try {
    if (parsed.success) await show(parsed.data, root, language, startMs)
    else fail(root)
  } catch {
    fail(root)
  }
}

void start('zh', null)
