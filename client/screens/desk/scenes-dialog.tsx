import { useEffect, useRef, useState, type ReactElement } from 'react'
import { z } from 'zod'

import type { CameraTour } from '../../../shared/protocol/camera-tours.ts'
import { scenesAnswerSchema, tourSchema, type Scene, type ScenesAnswer } from '../../../shared/protocol/scenes.ts'
import type { SiteLayers } from '../../../shared/site/site.ts'
import { request } from '../../api/request.ts'
import { deskText } from '../../i18n/desk-texts.ts'
import { useTours } from '../cameras/use-tours.ts'
import { useTexts } from '../../i18n/language.ts'

const wallsSchema = z.object({ devices: z.array(z.object({ id: z.string(), name: z.string() })) })
const FIRST_DWELL_SECONDS = 30
const MOST_SCENES = 40

interface ScenesDialogProps {
  readonly site: SiteLayers
  readonly onClose: () => void
}

/** The tour of every wall, or of one: its stops, in order, with how long it stays at each. */
export function ScenesDialog({ site, onClose }: ScenesDialogProps): ReactElement {
  const { t, language } = useTexts()
  const { tours } = useTours()
  const dialogRef = useRef<HTMLDialogElement | null>(null)
  const [walls, setWalls] = useState<readonly { readonly id: string; readonly name: string }[]>([])
  const [wallId, setWallId] = useState<string | null>(null)
  const [loaded, setLoaded] = useState<{ readonly wallId: string | null; readonly answer: ScenesAnswer | null } | null>(null)
  const [edited, setEdited] = useState<readonly Scene[] | null>(null)
  const [said, setSaid] = useState<{ readonly text: string; readonly good: boolean } | null>(null)

  useEffect(() => dialogRef.current?.showModal(), [])
  useEffect(() => {
    const abort = new AbortController()
    request('GET', '/api/devices', wallsSchema, { signal: abort.signal })
      .then((answer) => (answer.ok ? setWalls(answer.value.devices) : undefined))
      .catch(() => undefined)
    return () => abort.abort()
  }, [])
  useEffect(() => {
    const abort = new AbortController()
    const path = wallId === null ? '/api/scenes' : `/api/scenes?wallId=${encodeURIComponent(wallId)}`
    request('GET', path, scenesAnswerSchema, { signal: abort.signal })
      .then((answer) => setLoaded({ wallId, answer: answer.ok ? answer.value : null }))
      .catch(() => undefined)
    return () => abort.abort()
  }, [wallId])

  const current = loaded !== null && loaded.wallId === wallId ? loaded.answer : null
  const scenes = edited ?? current?.scenes ?? []
  const change = (index: number, scene: Scene): void => setEdited(scenes.map((each, at) => (at === index ? scene : each)))
  const raise = (index: number): void => {
    const [moved] = scenes.slice(index, index + 1)
    if (moved === undefined || index === 0) return
    const others = scenes.toSpliced(index, 1)
    setEdited(others.toSpliced(index - 1, 0, moved))
  }
  const save = async (next: readonly Scene[] | null): Promise<void> => {
    const answer = await request('PUT', '/api/scenes', scenesAnswerSchema, { body: { wallId, scenes: next } })
    setSaid({ text: deskText(language, answer.ok ? 'scenes.saved' : 'scenes.failed'), good: answer.ok })
    if (!answer.ok) return
    setLoaded({ wallId, answer: answer.value })
    setEdited(null)
  }
  const valid = tourSchema.safeParse(scenes).success
  return (
    <dialog ref={dialogRef} className="walls-dialog" aria-label={deskText(language, 'scenes.title')} onClose={onClose}>
      <header className="detail-head">
        <h2>{deskText(language, 'scenes.title')}</h2>
        <button type="button" className="close" aria-label={t('desk.close')} onClick={() => dialogRef.current?.close()}>
          ×
        </button>
      </header>
      <label>
        {deskText(language, 'scenes.for')}
        <select
          value={wallId ?? ''}
          onChange={(event) => {
            setWallId(event.target.value === '' ? null : event.target.value)
            setEdited(null)
            setSaid(null)
          }}
        >
          <option value="">{deskText(language, 'scenes.all')}</option>
          {walls.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </select>
      </label>
      {wallId === null || current === null ? null : (
        <p className="desk-note">{deskText(language, current.own ? 'scenes.own' : 'scenes.common')}</p>
      )}
      {loaded !== null && loaded.answer === null ? <p className="desk-warning">{deskText(language, 'scenes.unread')}</p> : null}
      <ol className="scene-list">
        {scenes.map((scene, index) => (
          // A tour may stop twice at the same place: only its position tells one stop from another.
          // eslint-disable-next-line react/no-array-index-key
          <li key={`${index} ${scene.kind}`}>
            <SceneTarget scene={scene} site={site} tours={tours ?? []} onChange={(next) => change(index, next)} />
            <input
              className="digits"
              type="number"
              min={5}
              max={3600}
              value={scene.dwellSeconds}
              aria-label={deskText(language, 'scenes.dwell')}
              onChange={(event) => change(index, { ...scene, dwellSeconds: event.target.valueAsNumber || 0 })}
            />
            <button type="button" disabled={index === 0} onClick={() => raise(index)}>
              {deskText(language, 'scenes.up')}
            </button>
            <button type="button" disabled={scenes.length === 1} onClick={() => setEdited(scenes.toSpliced(index, 1))}>
              {deskText(language, 'scenes.remove')}
            </button>
          </li>
        ))}
      </ol>
      <div className="scene-actions">
        <button
          type="button"
          disabled={current === null || scenes.length >= MOST_SCENES}
          onClick={() => setEdited([...scenes, { kind: 'community', dwellSeconds: FIRST_DWELL_SECONDS }])}
        >
          {deskText(language, 'scenes.add')}
        </button>
        {current?.own === true && wallId !== null ? (
          <button type="button" onClick={() => void save(null)}>
            {deskText(language, 'scenes.giveBack')}
          </button>
        ) : null}
      </div>
      <button type="button" className="primary" disabled={edited === null || !valid} onClick={() => void save(scenes)}>
        {deskText(language, 'scenes.save')}
      </button>
      <p role="status" className="acknowledge-hint" data-good={said?.good === true}>
        {said?.text ?? ''}
      </p>
    </dialog>
  )
}

interface SceneTargetProps {
  readonly scene: Scene
  readonly site: SiteLayers
  readonly tours: readonly CameraTour[]
  readonly onChange: (scene: Scene) => void
}

/** Where a stop is; a place that was given by its position keeps it. */
function SceneTarget({ scene, site, tours, onChange }: SceneTargetProps): ReactElement {
  const { language } = useTexts()
  const { dwellSeconds } = scene
  const compounds = site.compounds.features.map(({ properties }) => properties)
  const take = (value: string): void => {
    if (value === 'community' || value === 'stations' || value === 'cameras') return onChange({ kind: value, dwellSeconds })
    if (value.startsWith('video ')) {
      const tourId = value.slice('video '.length)
      return onChange({ kind: 'video', tourId: tourId === '' ? null : tourId, dwellSeconds })
    }
    if (value.startsWith('compound ')) onChange({ kind: 'compound', id: value.slice('compound '.length), dwellSeconds })
  }
  const value =
    scene.kind === 'compound' ? `compound ${scene.id}` : scene.kind === 'video' ? `video ${scene.tourId ?? ''}` : scene.kind
  return (
    <select value={value} aria-label={deskText(language, 'scenes.place')} onChange={(event) => take(event.target.value)}>
      {(['community', 'stations', 'cameras'] as const).map((kind) => (
        <option key={kind} value={kind}>
          {deskText(language, `scenes.${kind}`)}
        </option>
      ))}
      {compounds.map(({ id, name, nameEn }) => (
        <option key={id} value={`compound ${id}`}>
          {(language === 'zh' ? name : nameEn) ?? id}
        </option>
      ))}
      <option value="video ">{deskText(language, 'scenes.video')}</option>
      {tours.map(({ id, name }) => (
        <option key={id} value={`video ${id}`}>
          {deskText(language, 'scenes.videoTour', { name })}
        </option>
      ))}
      {scene.kind === 'place' ? <option value="place">{scene.name}</option> : null}
    </select>
  )
}
