const LENGTH_BYTES = 4
const BOX_HEAD_BYTES = 8
const H264_SPS = 7
const H265_SPS = 33

/** The sequence parameter set inside a fragment's frame, which says how the picture is coded; null when the frame brings none. */
export function sequenceParameters(fragment: Buffer, codec: string): Buffer | null {
  const mdat = mdatOf(fragment)
  const isHevc = codec.startsWith('hvc1')
  for (let at = 0; at + LENGTH_BYTES < mdat.length;) {
    const length = mdat.readUInt32BE(at)
    const head = mdat[at + LENGTH_BYTES] ?? 0
    if (isHevc ? ((head >> 1) & 63) === H265_SPS : (head & 31) === H264_SPS) {
      return Buffer.from(mdat.subarray(at + LENGTH_BYTES, at + LENGTH_BYTES + length))
    }
    at += LENGTH_BYTES + length
  }
  return null
}

function mdatOf(fragment: Buffer): Buffer {
  for (let at = 0; at + BOX_HEAD_BYTES <= fragment.length;) {
    const size = fragment.readUInt32BE(at)
    if (size < BOX_HEAD_BYTES) break
    if (fragment.toString('latin1', at + 4, at + 8) === 'mdat') return fragment.subarray(at + BOX_HEAD_BYTES, at + size)
    at += size
  }
  return fragment.subarray(fragment.length)
}
