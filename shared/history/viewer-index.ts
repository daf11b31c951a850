import { z } from 'zod'

import { parseInstant } from '../domain/field.ts'
import { categorySchema, SITE_LAYERS } from '../site/site.ts'
import { CHUNK_CLASSES } from './classes.ts'

/** Parts of a bundle that its offline viewer is made of. A page from a folder may load scripts and videos, and fetch nothing. */
export const VIEWER_PAGE_NAME = 'viewer.html'
export const VIEWER_SCRIPT_NAME = 'viewer/viewer.js'
export const VIEWER_STYLE_NAME = 'viewer/viewer.css'
export const VIEWER_INDEX_NAME = 'viewer/index.js'
export const VIDEO_INDEX_NAME = 'video/index.json'

/** The script that hands the bytes of a part under `log/` to the viewer. */
export const viewerDataName = (part: string): string => part.replace(/^log\//, 'viewer/data/').replace(/\.bin$/, '.js')

const BEFORE_DATA = 'lookoutPart('
/** What such a script says: one call with the part's name and its bytes in Base64. */
export function viewerDataScript(part: string, base64: string): string {
  return `${BEFORE_DATA}${JSON.stringify(part)},"${base64}")\n`
}

const ms = z.number().int().min(0)
const seq = z.number().int().min(0)
const instant = z.string().refine((text) => parseInstant(text) !== null)
const spanSchema = z.object({ from: instant, to: instant })

/** What there is of each camera, and what there is not: `video/index.json`. `from` of a file is the time of its first picture. */
export const videoIndexSchema = z.array(
  z.object({
    cameraId: z.string(),
    files: z.array(spanSchema.extend({ name: z.string() })),
    notRecorded: z.array(spanSchema),
  }),
)
export type VideoIndex = z.output<typeof videoIndexSchema>

const { boundary, compounds, footprints, roads, land, labels } = SITE_LAYERS

/** What the viewer has to know before it loads any of the log. */
export const viewerIndexSchema = z.object({
  format: z.literal('community-lookout-viewer'),
  version: z.literal(1),
  from: instant,
  to: instant,
  madeAt: instant,
  reason: z.string(),
  caseId: z.string().nullable(),
  classes: z.array(z.enum(CHUNK_CLASSES)),
  keyframeSeq: seq.nullable(),
  /** The first instant that there is; null when it is the beginning of the range. */
  logFrom: instant.nullable(),
  chunks: z.array(z.object({ fromSeq: seq, toSeq: seq, fromMs: ms, toMs: ms })),
  unsealedAfter: seq.nullable(),
  /** When a server was up, around the range: outside of these nobody knows what was. */
  lifetimes: z.array(z.object({ fromMs: ms, toMs: ms })),
  videos: videoIndexSchema,
  site: z
    .object({
      name: z.object({ zh: z.string(), en: z.string() }),
      /** What a case can be about. */
      categories: z.array(categorySchema),
      layers: z.object({ boundary, compounds, footprints, roads, land, labels }),
    })
    .nullable(),
})
export type ViewerIndex = z.output<typeof viewerIndexSchema>
