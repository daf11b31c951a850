import { LAYERS, PEOPLE_LAYERS, type LayerName } from '../domain/layers.ts'

/**
 * Visibility classes: each has bytes of its own in chunks and keyframes, so that who may not see people is given other
 * bytes, not filtered ones. A class's index is part of the format; new ones are appended.
 */
export const CHUNK_CLASSES = ['community', 'people'] as const
export type ChunkClass = (typeof CHUNK_CLASSES)[number]

export function classOf(layer: LayerName): ChunkClass {
  return PEOPLE_LAYERS.includes(layer) ? 'people' : 'community'
}

export function layersOfClass(chunkClass: ChunkClass): readonly LayerName[] {
  return LAYERS.filter((layer) => classOf(layer) === chunkClass)
}

export function isChunkClass(value: string): value is ChunkClass {
  return (CHUNK_CLASSES as readonly string[]).includes(value)
}
