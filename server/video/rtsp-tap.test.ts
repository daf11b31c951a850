import { describe, expect, test } from 'vitest'
import { RtspTap } from './rtsp-tap.ts'

const request = (method: string, signIn = false): Buffer =>
  Buffer.from(`${method} rtsp://127.0.0.1/cam RTSP/1.0\r\nCSeq: 1\r\n${signIn ? 'Authorization: Digest x\r\n' : ''}\r\n`)
const answer = (status: string, headers = '', body = ''): Buffer =>
  Buffer.from(`RTSP/1.0 ${status}\r\nCSeq: 1\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`)
const sdp = (media: string): string => `v=0\r\ns=x\r\n${media}`
const VIDEO = 'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n'

function tap(hasCredentials = true): RtspTap {
  return new RtspTap(hasCredentials, ['h264'])
}

describe('what a camera says', () => {
  test('H.264 that plays gives no verdict, and after PLAY nothing is read any more', () => {
    const heard = tap()
    heard.sent(request('OPTIONS'))
    heard.received(answer('200 OK'))
    heard.sent(request('DESCRIBE'))
    heard.received(answer('401 Unauthorized', 'WWW-Authenticate: Digest realm="x"\r\n'))
    heard.sent(request('DESCRIBE', true))
    heard.received(answer('200 OK', '', sdp(VIDEO)))
    heard.sent(request('SETUP', true))
    heard.received(answer('200 OK'))
    heard.sent(request('PLAY', true))
    heard.received(answer('200 OK'))
    expect(heard).toMatchObject({ verdict: null, isPlaying: true, codec: 'h264' })
    heard.received(Buffer.from('RTSP/1.0 302 Found\r\n\r\n'))
    expect(heard.verdict).toBeNull()
  })

  test('a refusal after the sign-in was sent is a wrong password; before it is only a question', () => {
    const heard = tap()
    heard.sent(request('DESCRIBE'))
    heard.received(answer('401 Unauthorized'))
    expect(heard.verdict).toBeNull()
    heard.sent(request('DESCRIBE', true))
    heard.received(answer('401 Unauthorized'))
    expect(heard.verdict).toBe('sign_in_refused')
  })

  test('a refusal because the nonce was old is no wrong password', () => {
    const heard = tap()
    heard.sent(request('DESCRIBE', true))
    heard.received(answer('401 Unauthorized', 'WWW-Authenticate: Digest realm="x", stale=TRUE\r\n'))
    expect(heard.verdict).toBeNull()
  })

  test('a question for a sign-in that the url does not have is a refusal', () => {
    const heard = tap(false)
    heard.sent(request('DESCRIBE'))
    heard.received(answer('401 Unauthorized'))
    expect(heard.verdict).toBe('sign_in_refused')
  })

  test.each([
    ['404 Not Found', 'not_found'],
    ['301 Moved Permanently', 'redirected'],
    ['302 Found', 'redirected'],
    ['305 Use Proxy', 'redirected'],
    ['403 Forbidden', 'sign_in_refused'],
  ])('%s means %s', (status, verdict) => {
    const heard = tap()
    heard.sent(request('DESCRIBE', true))
    heard.received(answer(status, 'Location: rtsp://192.0.2.1/\r\n'))
    expect(heard.verdict).toBe(verdict)
  })

  test.each([
    ['m=audio 0 RTP/AVP 0\r\n', 'not_video'],
    ['m=video 0 RTP/AVP 26\r\n', 'not_h264'],
    ['m=video 0 RTP/AVP 96\r\na=rtpmap:96 H265/90000\r\n', 'not_h264'],
    ['m=audio 0 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n', 'not_h264'],
  ])('a description with %j means %s', (media, verdict) => {
    const heard = tap()
    heard.sent(request('DESCRIBE', true))
    heard.received(answer('200 OK', '', sdp(media)))
    expect(heard.verdict).toBe(verdict)
  })

  test('the verdict is the same however the bytes are cut', () => {
    const bytes = Buffer.concat([answer('200 OK'), answer('302 Found', 'Location: rtsp://192.0.2.1/\r\n')])
    for (let cut = 1; cut < bytes.length; cut++) {
      const heard = tap()
      heard.sent(request('OPTIONS'))
      heard.sent(request('DESCRIBE', true))
      heard.received(bytes.subarray(0, cut))
      heard.received(bytes.subarray(cut))
      expect(heard.verdict).toBe('redirected')
    }
  })

  test.each(['HTTP/1.1 400 Bad Request\r\n\r\n', 'SSH-2.0-OpenSSH_9.2\r\n', '\u0000\u0001\u0002binary'])(
    '%j is no camera',
    (text) => {
      const heard = tap()
      heard.sent(request('OPTIONS'))
      heard.received(Buffer.from(text))
      expect(heard.verdict).toBe('not_video')
    },
  )

  test('an endless head is given up', () => {
    const heard = tap()
    heard.received(Buffer.from(`RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(20_000)}`))
    expect(heard.verdict).toBe('not_video')
  })

  test('a REDIRECT of the camera itself is a redirect', () => {
    const heard = tap()
    heard.received(Buffer.from('REDIRECT rtsp://127.0.0.1/cam RTSP/1.0\r\nLocation: rtsp://192.0.2.1/\r\n\r\n'))
    expect(heard.verdict).toBe('redirected')
  })
})
