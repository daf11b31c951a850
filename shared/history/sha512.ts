const MASK_64 = (1n << 64n) - 1n
const ROUNDS = 80

/** The whole part of the `degree`-th root of a number, by bisection. */
function wholeRoot(value: bigint, degree: bigint): bigint {
  let low = 0n
  let high = 1n << 128n
  while (high - low > 1n) {
    const middle = (low + high) >> 1n
    if (middle ** degree <= value) low = middle
    else high = middle
  }
  return low
}

/** The first 64 bits of the fractional parts of roots of the first primes, as FIPS 180-4 defines its constants; high and low words by turns. */
function fractions(count: number, degree: bigint): Int32Array {
  const words = new Int32Array(count * 2)
  let found = 0
  for (let candidate = 2n; found < count; candidate += 1n) {
    let prime = true
    for (let divisor = 2n; divisor * divisor <= candidate; divisor += 1n) if (candidate % divisor === 0n) prime = false
    if (!prime) continue
    const fraction = wholeRoot(candidate << (64n * degree), degree) & MASK_64
    words[found * 2] = Number(fraction >> 32n)
    words[found * 2 + 1] = Number(fraction & 0xffff_ffffn)
    found += 1
  }
  return words
}

const ROUND_CONSTANTS = fractions(ROUNDS, 3n)
const INITIAL_STATE = fractions(8, 2n)

/** SHA-512 (FIPS 180-4), for the signature check of pages without a secure context. */
export function sha512(bytes: Uint8Array): Uint8Array {
  const state = INITIAL_STATE.slice()
  const padded = new Uint8Array(((bytes.length + 16) >> 7) * 128 + 128)
  padded.set(bytes)
  padded[bytes.length] = 0x80
  const view = new DataView(padded.buffer)
  view.setUint32(padded.length - 8, Math.floor((bytes.length * 8) / 2 ** 32))
  view.setUint32(padded.length - 4, (bytes.length * 8) >>> 0)
  const words = new Int32Array(ROUNDS * 2)
  for (let offset = 0; offset < padded.length; offset += 128) {
    for (let index = 0; index < 32; index += 1) words[index] = view.getInt32(offset + index * 4)
    mixBlock(state, words)
  }
  const digest = new Uint8Array(64)
  const out = new DataView(digest.buffer)
  for (const [index, word] of state.entries()) out.setInt32(index * 4, word)
  return digest
}

/** A sum of low words carries into the high one; both as 32 bits. */
function mixBlock(state: Int32Array, words: Int32Array): void {
  const at = (list: Int32Array, index: number): number => list[index] as number
  for (let t = 16; t < ROUNDS; t += 1) {
    const [earlyHigh, earlyLow] = [at(words, (t - 15) * 2), at(words, (t - 15) * 2 + 1)]
    const [lateHigh, lateLow] = [at(words, (t - 2) * 2), at(words, (t - 2) * 2 + 1)]
    const smallHigh = turned(earlyHigh, earlyLow, 1) ^ turned(earlyHigh, earlyLow, 8) ^ (earlyHigh >>> 7)
    const smallLow = turned(earlyLow, earlyHigh, 1) ^ turned(earlyLow, earlyHigh, 8) ^ shifted(earlyLow, earlyHigh, 7)
    const bigHigh = turned(lateHigh, lateLow, 19) ^ turned(lateLow, lateHigh, 29) ^ (lateHigh >>> 6)
    const bigLow = turned(lateLow, lateHigh, 19) ^ turned(lateHigh, lateLow, 29) ^ shifted(lateLow, lateHigh, 6)
    const low = (smallLow >>> 0) + (bigLow >>> 0) + (at(words, (t - 7) * 2 + 1) >>> 0) + (at(words, (t - 16) * 2 + 1) >>> 0)
    words[t * 2] = smallHigh + bigHigh + at(words, (t - 7) * 2) + at(words, (t - 16) * 2) + carried(low)
    words[t * 2 + 1] = low
  }
  let [ah = 0, al = 0, bh = 0, bl = 0, ch = 0, cl = 0, dh = 0, dl = 0] = state
  let [eh = 0, el = 0, fh = 0, fl = 0, gh = 0, gl = 0, hh = 0, hl = 0] = state.subarray(8)
  for (let t = 0; t < ROUNDS; t += 1) {
    const bigEHigh = turned(eh, el, 14) ^ turned(eh, el, 18) ^ turned(el, eh, 9)
    const bigELow = turned(el, eh, 14) ^ turned(el, eh, 18) ^ turned(eh, el, 9)
    const chooseHigh = (eh & fh) ^ (~eh & gh)
    const chooseLow = (el & fl) ^ (~el & gl)
    const firstSum =
      (hl >>> 0) + (bigELow >>> 0) + (chooseLow >>> 0) + (at(ROUND_CONSTANTS, t * 2 + 1) >>> 0) + (at(words, t * 2 + 1) >>> 0)
    const firstHigh = (hh + bigEHigh + chooseHigh + at(ROUND_CONSTANTS, t * 2) + at(words, t * 2) + carried(firstSum)) | 0
    const bigAHigh = turned(ah, al, 28) ^ turned(al, ah, 2) ^ turned(al, ah, 7)
    const bigALow = turned(al, ah, 28) ^ turned(ah, al, 2) ^ turned(ah, al, 7)
    const majorityHigh = (ah & bh) ^ (ah & ch) ^ (bh & ch)
    const majorityLow = (al & bl) ^ (al & cl) ^ (bl & cl)
    const secondSum = (bigALow >>> 0) + (majorityLow >>> 0)
    const secondHigh = (bigAHigh + majorityHigh + carried(secondSum)) | 0
    const firstLow = firstSum | 0
    const [nextESum, nextASum] = [(dl >>> 0) + (firstSum % 2 ** 32), (firstSum % 2 ** 32) + (secondSum % 2 ** 32)]
    hh = gh
    hl = gl
    gh = fh
    gl = fl
    fh = eh
    fl = el
    eh = (dh + firstHigh + carried(nextESum)) | 0
    el = (dl + firstLow) | 0
    dh = ch
    dl = cl
    ch = bh
    cl = bl
    bh = ah
    bl = al
    ah = (firstHigh + secondHigh + carried(nextASum)) | 0
    al = nextASum | 0
  }
  for (const [index, [high, low]] of [
    [ah, al],
    [bh, bl],
    [ch, cl],
    [dh, dl],
    [eh, el],
    [fh, fl],
    [gh, gl],
    [hh, hl],
  ].entries()) {
    const sum = (at(state, index * 2 + 1) >>> 0) + ((low as number) >>> 0)
    state[index * 2] = at(state, index * 2) + (high as number) + carried(sum)
    state[index * 2 + 1] = sum
  }
}

const carried = (sum: number): number => Math.floor(sum / 2 ** 32)
/** The `high` word of a 64-bit number turned right by less than 32; with the words exchanged, by 32 more. */
const turned = (high: number, low: number, by: number): number => (high >>> by) | (low << (32 - by))
/** The low word of a 64-bit number shifted right by less than 32. */
const shifted = (low: number, high: number, by: number): number => (low >>> by) | (high << (32 - by))
