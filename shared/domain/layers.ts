import { alarmFields } from './alarms.ts'
import { buildingFields } from './buildings.ts'
import { cameraFields } from './cameras.ts'
import { caseFields } from './cases.ts'
import type { FieldsOf, FieldSpecs } from './field.ts'
import { merchantFields } from './merchants.ts'
import { residentFields } from './residents.ts'
import { stationFields } from './stations.ts'
import { workerFields } from './workers.ts'

/** The layers in their wire order: a layer's index is part of the binary formats and never changes. New ones are appended. */
export const LAYERS = ['buildings', 'residents', 'merchants', 'cameras', 'stations', 'workers', 'alarms', 'cases'] as const
export type LayerName = (typeof LAYERS)[number]

export const LAYER_FIELDS = {
  buildings: buildingFields,
  residents: residentFields,
  merchants: merchantFields,
  cameras: cameraFields,
  stations: stationFields,
  workers: workerFields,
  alarms: alarmFields,
  cases: caseFields,
} as const satisfies Record<LayerName, FieldSpecs>

/** The fields of a layer's record, by layer. */
export type LayerRecord<L extends LayerName> = FieldsOf<(typeof LAYER_FIELDS)[L]>

/** How often a layer's records are reported, in milliseconds; older than three of these is stale. Null: changes by event, never stale. */
export const REPORTING_INTERVAL_MS: Readonly<Record<LayerName, number | null>> = {
  buildings: null,
  residents: null,
  merchants: null,
  cameras: 60_000,
  stations: 60_000,
  workers: 30_000,
  alarms: null,
  cases: null,
}

/** A record older than this many reporting intervals is stale (GB/T 28181 takes a device for offline after three missed beats). */
export const STALE_AFTER_INTERVALS = 3

/** Layers whose changes tell where or how a person is; kept apart in chunks, never cached by a browser, never for integrations. */
export const PEOPLE_LAYERS: readonly LayerName[] = ['residents', 'workers']

/** Layers in which every step counts, so that changes of one record are never merged inside a tick. */
export const NEVER_MERGED_LAYERS: readonly LayerName[] = ['alarms', 'cases']

export function isLayerName(value: string): value is LayerName {
  return (LAYERS as readonly string[]).includes(value)
}

/** The specs of a layer as a plain table, for code that works on any layer. */
export function fieldSpecsOf(layer: LayerName): FieldSpecs {
  return LAYER_FIELDS[layer]
}
