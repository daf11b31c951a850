/** A box of ISO/IEC 14496-12. */
export function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(8 + body.length)
  head.write(type, 4, 'latin1')
  return Buffer.concat([head, body])
}

export function words(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value >>> 0, index * 4)
  return bytes
}

/** An init segment of a 640x360 H.264 track, 90,000 units a second. */
export function initSegment(level = 0x16): Buffer {
  const entry = Buffer.alloc(78)
  entry.writeUInt16BE(640, 24)
  entry.writeUInt16BE(360, 26)
  const avc1 = box('avc1', entry, box('avcC', Buffer.from([1, 0x4d, 0x40, level, 0xff])))
  const stbl = box('stbl', box('stsd', words(0, 1), avc1))
  const mdia = box('mdia', box('mdhd', words(0, 0, 0, 90_000, 0, 0)), box('minf', stbl))
  return Buffer.concat([box('ftyp', Buffer.from('iso5')), box('moov', box('trak', mdia))])
}

/** One frame as ffmpeg writes it with `frag_every_frame`. */
export function fragmentBytes(decodeTime: number, isKey: boolean, size = 40): Buffer {
  const tfhd = box('tfhd', words(0x2_0038, 1, 3_600, size, 0x101_0000))
  const tfdt = box('tfdt', words(0x0100_0000, Math.floor(decodeTime / 2 ** 32), decodeTime % 2 ** 32))
  const trun = isKey ? box('trun', words(0x5, 1, 108, 0x200_0000)) : box('trun', words(0x1, 1, 100))
  return Buffer.concat([box('moof', box('traf', tfhd, tfdt, trun)), box('mdat', Buffer.alloc(size, 7))])
}
