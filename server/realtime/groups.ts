import type { LayerName } from '../../shared/domain/layers.ts'
import { layersOf, type Audience } from '../../shared/domain/roles.ts'
import { LIVE_NAMESPACE } from '../../shared/protocol/live-events.ts'
import type { Encoding } from '../../shared/protocol/join.ts'
import type { DeltaEncoder } from './delta-encoder.ts'
import { frameEvent, type Message } from './frames.ts'
import type { LiveClient } from './live-client.ts'
import { streamOf, type Stream } from './streams.ts'

/** Layer sets framed apart for one kind of client; whoever asks for one more gets all that it may see. */
const MAX_LAYER_SETS = 16

/** Clients that are sent the same bytes. */
export interface Group {
  readonly streams: readonly Stream[]
  readonly encoding: Encoding
  readonly clients: Set<LiveClient>
  /** The delta after `covered` for a client at `position`, null when there is nothing in it; framed once a tick. */
  delta(covered: number, position: number): Message | null
  /** A new tick was cut: what was framed is old. */
  reset(): void
}

export interface Groups {
  /** The group for these layers, all of which the audience may see. */
  join(client: LiveClient, layers: readonly LayerName[], encoding: Encoding): Group
  leave(client: LiveClient): void
  all(): Iterable<Group>
  /** A new tick was cut: what was framed is old. */
  reset(): void
}

export function createGroups(encoder: DeltaEncoder): Groups {
  const groups = new Map<string, Group>()

  const open = (streams: readonly Stream[], encoding: Encoding): Group => {
    const messages = new Map<string, Message | null>()
    let last: { readonly covered: number; readonly position: number; readonly message: Message | null } | null = null
    const frame = (covered: number, position: number): Message | null => {
      const body = encoder.body(streams, encoding, covered)
      if (body === null) return null
      return frameEvent(LIVE_NAMESPACE, `["delta",{"fromSeq":${position + 1},${body.rest}]`, body.attachment)
    }
    const group: Group = {
      streams,
      encoding,
      clients: new Set(),
      delta(covered, position) {
        // Nearly all clients are at the same place: no key is made for them.
        if (last !== null && last.covered === covered && last.position === position) return last.message
        const key = `${covered} ${position}`
        let message = messages.get(key)
        if (message === undefined) {
          message = frame(covered, position)
          messages.set(key, message)
        }
        last = { covered, position, message }
        return message
      },
      reset() {
        messages.clear()
        last = null
      },
    }
    return group
  }

  const streamsOf = (layers: readonly LayerName[], audience: Audience): Stream[] =>
    layers.map((layer) => streamOf(layer, audience)).filter((stream) => stream !== null)

  const leave = (client: LiveClient): void => {
    const { group } = client
    if (group === null) return
    client.group = null
    group.clients.delete(client)
    if (group.clients.size > 0) return
    for (const [key, known] of groups) if (known === group) groups.delete(key)
  }

  return {
    join(client, layers, encoding) {
      leave(client)
      const everything = streamsOf(layersOf(client.audience), client.audience)
      const family = `${encoding} ${everything.map(({ index }) => index).join()}`
      const wanted = streamsOf(layers, client.audience).toSorted((a, b) => a.index - b.index)
      const keyOf = (streams: readonly Stream[]): string => `${family} ${streams.map(({ index }) => index).join()}`
      let streams = wanted
      if (!groups.has(keyOf(wanted))) {
        const inUse = [...groups.keys()].filter((key) => key.startsWith(`${family} `)).length
        if (inUse >= MAX_LAYER_SETS) streams = everything
      }
      const group = groups.get(keyOf(streams)) ?? open(streams, encoding)
      groups.set(keyOf(streams), group)
      group.clients.add(client)
      client.group = group
      return group
    },
    leave,
    all: () => groups.values(),
    reset() {
      encoder.reset()
      for (const group of groups.values()) group.reset()
    },
  }
}
