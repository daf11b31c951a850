import { z } from 'zod'

import { ID_PATTERN } from '../domain/field.ts'
import { LAYOUTS, type Layout, type Tour } from '../video/tour.ts'

const id = z.string().regex(ID_PATTERN)
const layouts = Object.keys(LAYOUTS) as [Layout, ...Layout[]]

/**
 * `PUT /api/camera-tours/:id`: a sequence of cameras. Each page stays `dwellSeconds`; `pinned` gives places of the layout (from 0)
 * a camera that stays. No camera named: all that there are, in the order of their ids.
 */
export const cameraTourBodySchema = z.strictObject({
  name: z.string().trim().min(1).max(40),
  layout: z.enum(layouts),
  dwellSeconds: z.number().int().min(5).max(3600),
  cameraIds: z.array(id).max(300),
  pinned: z.record(z.string().regex(/^(\d|1[0-5])$/), id).default({}),
})
export type CameraTourBody = z.output<typeof cameraTourBodySchema>

const cameraTourSchema = cameraTourBodySchema.extend({ id })
export type CameraTour = z.output<typeof cameraTourSchema>

/** `GET /api/camera-tours`. */
export const cameraToursAnswerSchema = z.object({ ok: z.literal(true), tours: z.array(cameraTourSchema) })

/** The tour as the tiles follow it. @param allIds for a tour that names no cameras */
export function tourOf(tour: CameraTourBody, allIds: readonly string[]): Tour {
  return {
    cameraIds: tour.cameraIds.length === 0 ? allIds : tour.cameraIds,
    dwellMs: tour.dwellSeconds * 1000,
    layout: tour.layout,
    pinned: Object.fromEntries(Object.entries(tour.pinned).map(([place, cameraId]) => [Number(place), cameraId])),
  }
}
