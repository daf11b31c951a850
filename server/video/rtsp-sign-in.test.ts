import { describe, expect, test } from 'vitest'
import { readChallenge, signIn } from './rtsp-sign-in.ts'

const NONCE = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v'
const CNONCE = 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ'
const OPAQUE = 'FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS'
const digest = (algorithm: string): string =>
  `WWW-Authenticate: Digest realm="http-auth@example.org", qop="auth, auth-int", algorithm=${algorithm}, nonce="${NONCE}", opaque="${OPAQUE}"`
const head = (...lines: string[]): string => ['RTSP/1.0 401 Unauthorized', 'CSeq: 1', ...lines].join('\r\n')
const MUFASA = { username: 'Mufasa', password: 'Circle of Life' }
const request = { method: 'GET', uri: '/dir/index.html', count: 1, cnonce: CNONCE }

describe('signing in at a camera', () => {
  test.each([
    ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('digest by %s is the example of RFC 7616', (algorithm, response) => {
    const challenge = readChallenge(head(digest(algorithm)))
    if (challenge === null) throw new Error('a challenge was expected')
    const value = signIn(challenge, MUFASA, request)
    expect(value).toContain(`response="${response}"`)
    expect(value).toContain('qop=auth, nc=00000001')
    expect(value).toContain(`opaque="${OPAQUE}"`)
  })

  test('digest without qop, as cameras ask it, is the corrected example of RFC 2069', () => {
    const challenge = readChallenge(
      head('WWW-Authenticate: Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"'),
    )
    if (challenge === null) throw new Error('a challenge was expected')
    const value = signIn(challenge, { username: 'Mufasa', password: 'CircleOfLife' }, request)
    expect(value).toContain('response="1949323746fe6a43ef61f9606e7febea"')
    expect(value).not.toContain('qop')
  })

  test('the strongest that is known is taken, basic last, and nothing where nothing is known', () => {
    const basic = 'WWW-Authenticate: Basic realm="x"'
    expect(readChallenge(head(basic, digest('MD5'), digest('SHA-256')))).toMatchObject({ scheme: 'digest', algorithm: 'SHA-256' })
    expect(readChallenge(head(basic, digest('SHA-512')))).toEqual({ scheme: 'basic' })
    expect(signIn({ scheme: 'basic' }, MUFASA, request)).toBe(`Basic ${btoa('Mufasa:Circle of Life')}`)
    expect(readChallenge(head('WWW-Authenticate: Bearer x'))).toBeNull()
  })
})
