import { useState, type FormEvent, type ReactElement } from 'react'
import { z } from 'zod'

import { COORDINATE_SYSTEMS } from '../../../shared/hotspot/import/profile.ts'
import { doneSchema, request } from '../../api/request.ts'
import { hotspotText } from '../../i18n/hotspot-texts.ts'
import { useTexts } from '../../i18n/language.ts'
import type { DatasetList } from './hotspot-api.ts'
import { ImportForm, type LookedThrough } from './import-form.tsx'
import { sendFile } from './send-file.ts'
import type { Ring } from './use-drawing.tsx'

interface DataPanelProps {
  readonly list: DatasetList
  readonly dataset: string
  readonly onPreview: (places: readonly (readonly [number, number])[]) => void
  /** Lets the user draw on the map; null when they give up. */
  readonly onDraw: (what: string) => Promise<Ring | null>
  /** Something changed: a dataset to go to, or null to stay. */
  readonly onChanged: (dataset: string | null) => void
  readonly onClose: () => void
}

const madeSchema = z.object({ dataset: z.object({ id: z.string() }) })

/** Datasets: a new one with its outline, files looked through and taken, imports undone, denominators. */
export function DataPanel({ list, dataset, onPreview, onDraw, onChanged, onClose }: DataPanelProps): ReactElement {
  const { language } = useTexts()
  const [looked, setLooked] = useState<LookedThrough | null>(null)
  const current = list.datasets.find(({ id }) => id === dataset)
  return (
    <section className="hs-data" role="dialog" aria-label={hotspotText(language, 'data')}>
      <header>
        <h2>{hotspotText(language, 'data')}</h2>
        <button type="button" onClick={onClose}>
          {hotspotText(language, 'close')}
        </button>
      </header>
      <NewDataset
        onPreview={onPreview}
        onDraw={onDraw}
        onMade={(id, file) => {
          setLooked(file)
          onChanged(id)
        }}
      />
      {current === undefined ? null : (
        <>
          <h3>{current.name}</h3>
          <ImportForm
            key={current.id}
            dataset={current.id}
            timeZone={current.timeZone}
            opened={looked}
            onPreview={onPreview}
            onLooked={() => undefined}
            onTaken={() => {
              setLooked(null)
              onChanged(null)
            }}
          />
          <ul>
            {current.imports.map((one) => (
              <li key={one.id}>
                <span>{one.fileName}</span>
                <span className="digits">
                  {one.cases} / {one.rows}
                </span>
                <a href={`/api/hotspots/imports/${one.id}/report.csv`} download>
                  {hotspotText(language, 'data.report')}
                </a>
                <Undo path={`/api/hotspots/datasets/${current.id}/imports/${one.id}`} onDone={() => onChanged(null)} />
              </li>
            ))}
          </ul>
        </>
      )}
      <Bases dataset={dataset} onDone={() => onChanged(null)} />
    </section>
  )
}

function Undo({ path, onDone }: { readonly path: string; readonly onDone: () => void }): ReactElement {
  const { language } = useTexts()
  const undo = async (): Promise<void> => {
    await request('DELETE', path, doneSchema)
    onDone()
  }
  return (
    <button type="button" onClick={() => void undo()}>
      {hotspotText(language, 'data.undo')}
    </button>
  )
}

interface NewDatasetProps {
  readonly onPreview: DataPanelProps['onPreview']
  readonly onDraw: DataPanelProps['onDraw']
  readonly onMade: (id: string, looked: LookedThrough | null) => void
}

function NewDataset({ onPreview, onDraw, onMade }: NewDatasetProps): ReactElement {
  const { language } = useTexts()
  const [said, setSaid] = useState('')
  const [zone, setZone] = useState('Asia/Shanghai')
  const [file, setFile] = useState<File | null>(null)
  const [ring, setRing] = useState<Ring | null>(null)
  const [looked, setLooked] = useState<LookedThrough | null>(null)
  const make = async (name: string): Promise<void> => {
    const outline = ring === null ? ((await file?.text()) ?? '') : JSON.stringify({ type: 'Polygon', coordinates: [ring] })
    if (outline.trim() === '') return setSaid(hotspotText(language, 'data.outline.needed'))
    const body = `{"name":${JSON.stringify(name)},"timeZone":${JSON.stringify(zone)},"outline":${outline}}`
    const sent = await sendFile('POST', '/api/hotspots/datasets', body, madeSchema)
    if (sent.ok) onMade(sent.value.dataset.id, looked)
    else setSaid(hotspotText(language, 'data.failed', { why: sent.why }))
  }
  const draw = async (): Promise<void> => {
    const drawn = await onDraw(hotspotText(language, 'data.outline.draw'))
    if (drawn === null) return
    setRing(drawn)
    setFile(null)
  }
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault()
    const name = new FormData(event.currentTarget).get('name')
    void make(typeof name === 'string' ? name : '')
  }
  return (
    <details>
      <summary>{hotspotText(language, 'data.new')}</summary>
      <p className="hs-none">{hotspotText(language, 'data.look.note')}</p>
      <ImportForm
        dataset={null}
        timeZone={zone}
        opened={null}
        onPreview={onPreview}
        onLooked={setLooked}
        onTaken={() => undefined}
      />
      <form className="hs-form" onSubmit={submit}>
        <label>
          {hotspotText(language, 'data.name')}
          <input name="name" required maxLength={60} />
        </label>
        <label>
          {hotspotText(language, 'data.zone')}
          <input name="zone" required value={zone} list="hs-zones" onChange={(event) => setZone(event.target.value)} />
        </label>
        <datalist id="hs-zones">
          {['Asia/Shanghai', 'Asia/Urumqi', 'Asia/Hong_Kong', 'America/New_York', 'Europe/London', 'UTC'].map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <fieldset className="hs-outline">
          <legend>{hotspotText(language, 'data.outline')}</legend>
          <button type="button" aria-pressed={ring !== null} onClick={() => void draw()}>
            {hotspotText(language, 'data.outline.draw')}
            {ring === null ? '' : ` · ${hotspotText(language, 'draw.corners', { corners: ring.length - 1 })}`}
          </button>
          <label>
            {hotspotText(language, 'data.outline.file')}
            <input
              name="outline"
              type="file"
              accept=".geojson,.json"
              onChange={(event) => {
                setFile(event.target.files?.[0] ?? null)
                setRing(null)
              }}
            />
          </label>
        </fieldset>
        <button type="submit" className="hs-primary">
          {hotspotText(language, 'data.create')}
        </button>
        <p role="status">{said}</p>
      </form>
    </details>
  )
}

function Bases({ dataset, onDone }: { readonly dataset: string; readonly onDone: () => void }): ReactElement {
  const { language } = useTexts()
  const [said, setSaid] = useState('')
  const [system, setSystem] = useState<string>('WGS84')
  const send = async (kind: string, file: File): Promise<void> => {
    const path = `/api/hotspots/datasets/${dataset}/bases/${kind}?system=${system}`
    const sent = await sendFile('PUT', path, file, doneSchema)
    setSaid(sent.ok ? hotspotText(language, 'data.done') : hotspotText(language, 'data.failed', { why: sent.why }))
    if (sent.ok) onDone()
  }
  return (
    <div className="hs-form">
      <b>
        {hotspotText(language, 'data.bases')}
        {dataset === 'community' ? ` ${hotspotText(language, 'data.buildings')}` : ''}
      </b>
      <label>
        {hotspotText(language, 'data.system')}
        <select value={system} onChange={(event) => setSystem(event.target.value)}>
          {COORDINATE_SYSTEMS.map((one) => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      {(['households', 'ebikes'] as const).map((kind) => (
        <label key={kind}>
          {hotspotText(language, `rate.${kind}`)}
          <input
            type="file"
            accept=".csv,.xlsx"
            onChange={(event) => {
              const [file] = event.target.files ?? []
              if (file !== undefined) void send(kind, file)
            }}
          />
        </label>
      ))}
      <p role="status">{said}</p>
    </div>
  )
}
