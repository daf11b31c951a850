/** What a camera's description (SDP) offers of video. */
export interface VideoOffer {
  /** Name of the coding as in `a=rtpmap`, in capitals. */
  readonly coding: string
  readonly clockHz: number
  readonly payloadType: number
  /** Addresses for SETUP and for PLAY. */
  readonly control: string
  readonly aggregate: string
  /** Parameter sets that the description brings, NAL heads included. */
  readonly parameterSets: readonly Buffer[]
}

const MOST_SETS = 16

/** Reads the first video of a description; null when there is none that names its coding. `base` is the address that the rest is relative to. */
export function readOffer(sdp: string, base: string): VideoOffer | null {
  const [session = '', ...media] = sdp.split(/\r?\n(?=m=)/)
  const video = media.find((section) => section.startsWith('m=video'))
  if (video === undefined) return null
  const map = /\na=rtpmap:(\d{1,3}) ([\w.-]+)\/(\d{1,9})/i.exec(video)
  if (map === null) return null
  const [, type = '', coding = '', clock = ''] = map
  const format = new RegExp(`\\na=fmtp:${type} ([^\\r\\n]*)`, 'i').exec(video)?.[1] ?? ''
  const sets = /sprop-parameter-sets\s*=\s*([^;\s]+)/i.exec(format)?.[1] ?? ''
  const aggregate = controlOf(session, base) ?? base
  return {
    coding: coding.toUpperCase(),
    clockHz: Number(clock),
    payloadType: Number(type),
    control: controlOf(video, base) ?? aggregate,
    aggregate,
    parameterSets: sets
      .split(',', MOST_SETS)
      .map((set) => Buffer.from(set, 'base64'))
      .filter(({ length }) => length > 1),
  }
}

function controlOf(section: string, base: string): string | null {
  const control = /(?:^|\n)a=control:\s*([^\s]+)/i.exec(section)?.[1]
  if (control === undefined || control === '*') return null
  if (/^rtsps?:\/\//i.test(control)) return control
  return `${base}${base.endsWith('/') ? '' : '/'}${control}`
}
