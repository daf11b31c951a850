import type { Subject } from '../../../shared/domain/field.ts'
import type { LayerName } from '../../../shared/domain/layers.ts'
import type { Mirror } from '../../store/mirror.ts'

/** Layers with names that one can look for, in the order in which hits are shown. */
const NAMED_LAYERS = ['stations', 'cameras', 'buildings', 'merchants'] as const satisfies readonly LayerName[]

export interface Hit {
  readonly subject: Subject & { readonly layer: LayerName }
  readonly name: string
}

/** Names without width, case and spaces, so that `Ａ区 3 号` finds `A区3号楼`. */
function plain(text: string): string {
  return text.normalize('NFKC').toLowerCase().replaceAll(/\s+/g, '')
}

/** Records whose name or id holds the words; those that begin with them first. At most `limit`. */
export function searchRecords(mirror: Mirror, words: string, limit: number): Hit[] {
  const wanted = plain(words)
  if (wanted === '') return []
  const first: Hit[] = []
  const other: Hit[] = []
  for (const layer of NAMED_LAYERS) {
    for (const { id, fields } of mirror.layer(layer).records.values()) {
      const name = typeof fields['name'] === 'string' ? fields['name'] : id
      const found = plain(name).indexOf(wanted)
      if (found === -1 && plain(id) !== wanted) continue
      const hits = found === 0 || plain(id) === wanted ? first : other
      hits.push({ subject: { layer, id }, name })
      if (first.length >= limit) return first
    }
  }
  return [...first, ...other].slice(0, limit)
}
