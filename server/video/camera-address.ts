import { lookup } from 'node:dns/promises'
import ipaddr from 'ipaddr.js'

/** Networks and ports that the hub may dial; everything else is refused before a packet leaves. */
export interface CameraReach {
  readonly networks: readonly CameraNetwork[]
  readonly ports: readonly PortRange[]
}
export type CameraNetwork = readonly [ipaddr.IPv4 | ipaddr.IPv6, number]
export type PortRange = readonly [from: number, to: number]

/** Loopback and the private ranges. Link-local is left out: cloud machines keep their own secrets at 169.254.169.254. */
export const DEFAULT_CAMERA_NETWORKS = '127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,::1/128,fc00::/7'
/** RTSP, RTSPS and the unprivileged ports; so a camera's address cannot be used to knock at SSH, mail or web servers. */
export const DEFAULT_CAMERA_PORTS = '322,554,1024-65535'

/** A camera's address taken apart. `username` and `password` are as written in the url (percent-encoded) and secret. */
export interface CameraUrl {
  readonly secure: boolean
  readonly host: string
  readonly port: number
  readonly username: string
  readonly password: string
  /** Path and query, beginning with `/`, exactly as written. */
  readonly path: string
}

export type UrlRefusal = 'not_a_url' | 'scheme' | 'control_characters' | 'no_host' | 'too_long'
export type AddressRefusal = 'unresolved' | 'network' | 'port'

/** Longest url that a camera is known to need, with room; bounds what is stored and sent to the hub. */
const MAX_URL_LENGTH = 1024
const RTSP_PORT = 554
const RTSPS_PORT = 322
const HIGHEST_PORT = 65_535

/** Takes an `rtsp:` or `rtsps:` url apart; refuses every other scheme, control characters, spaces and backslashes. */
export function parseCameraUrl(text: string): { ok: true; url: CameraUrl } | { ok: false; code: UrlRefusal } {
  if (text.length > MAX_URL_LENGTH) return { ok: false, code: 'too_long' }
  // The url parser drops tabs and newlines silently and ffmpeg does not, so the two would read different addresses.
  if (/[\p{Cc}\s\\]/u.test(text)) return { ok: false, code: 'control_characters' }
  const scheme = /^(rtsps?):\/\//i.exec(text)?.[1]?.toLowerCase()
  if (scheme === undefined) return { ok: false, code: URL.canParse(text) ? 'scheme' : 'not_a_url' }
  if (!URL.canParse(text)) return { ok: false, code: 'not_a_url' }
  const parsed = new URL(text)
  if (parsed.hostname === '') return { ok: false, code: 'no_host' }
  const secure = scheme === 'rtsps'
  const path = `${parsed.pathname === '' ? '/' : parsed.pathname}${parsed.search}`
  const host = parsed.hostname.replace(/^\[(.*)\]$/, '$1')
  const port = parsed.port === '' ? (secure ? RTSPS_PORT : RTSP_PORT) : Number(parsed.port)
  return { ok: true, url: { secure, host, port, username: parsed.username, password: parsed.password, path } }
}

/** Reads `10.0.0.0/8,::1/128`; null when any part is not a network. An empty list allows nothing. */
export function parseNetworks(list: string): readonly CameraNetwork[] | null {
  const parts = list
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
  if (!parts.every((part) => ipaddr.isValidCIDR(part))) return null
  return parts.map((part) => ipaddr.parseCIDR(part))
}

/** Reads `322,554,1024-65535`; null when any part is not a port or a range of ports. */
export function parsePorts(list: string): readonly PortRange[] | null {
  const ranges: PortRange[] = []
  for (const part of list
    .split(',')
    .map((each) => each.trim())
    .filter((each) => each !== '')) {
    const match = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(part)
    if (match === null) return null
    const from = Number(match[1])
    const to = match[2] === undefined ? from : Number(match[2])
    if (from < 1 || to < from || to > HIGHEST_PORT) return null
    ranges.push([from, to])
  }
  return ranges
}

/** All addresses of a name, in the resolver's order. Rejects when there is none. */
export type ResolveName = (host: string) => Promise<readonly string[]>

/** The machine's own resolver, the same that any program on it would use. */
export const resolveBySystem: ResolveName = async (host) => {
  const found = await lookup(host, { all: true })
  return found.map(({ address }) => address)
}

/** Resolves a camera's name once and picks the first address inside `reach`; that very address is the one to dial. */
export async function resolveCamera(
  url: Pick<CameraUrl, 'host' | 'port'>,
  reach: CameraReach,
  resolve: ResolveName,
): Promise<{ ok: true; address: string; port: number } | { ok: false; code: AddressRefusal }> {
  if (!reach.ports.some(([from, to]) => url.port >= from && url.port <= to)) return { ok: false, code: 'port' }
  let addresses: readonly string[]
  try {
    addresses = await resolve(url.host)
  } catch {
    return { ok: false, code: 'unresolved' }
  }
  const address = addresses.find((each) => isWithin(each, reach.networks))
  return address === undefined ? { ok: false, code: 'network' } : { ok: true, address, port: url.port }
}

function isWithin(address: string, networks: readonly CameraNetwork[]): boolean {
  if (!ipaddr.isValid(address)) return false
  // ::ffff:10.0.0.1 is 10.0.0.1 to the network stack, so it is to the rule.
  const parsed = ipaddr.process(address)
  return networks.some(([network, bits]) => {
    if (parsed instanceof ipaddr.IPv4) return network instanceof ipaddr.IPv4 && parsed.match(network, bits)
    return network instanceof ipaddr.IPv6 && parsed.match(network, bits)
  })
}
