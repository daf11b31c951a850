import { describe, expect, test } from 'vitest'
import {
  DEFAULT_CAMERA_NETWORKS,
  DEFAULT_CAMERA_PORTS,
  parseCameraUrl,
  parseNetworks,
  parsePorts,
  resolveCamera,
  type CameraReach,
} from './camera-address.ts'

const reach: CameraReach = {
  networks: parseNetworks(DEFAULT_CAMERA_NETWORKS) ?? [],
  ports: parsePorts(DEFAULT_CAMERA_PORTS) ?? [],
}
const resolvesTo =
  (...addresses: string[]) =>
  () =>
    Promise.resolve(addresses)

describe('a camera url', () => {
  test('is taken apart with its sign-in, port and query as written', () => {
    expect(parseCameraUrl('rtsp://viewer:p%40ss@10.0.0.7:8554/Streaming/101?transport=tcp')).toEqual({
      ok: true,
      url: {
        secure: false,
        host: '10.0.0.7',
        port: 8554,
        username: 'viewer',
        password: 'p%40ss',
        path: '/Streaming/101?transport=tcp',
      },
    })
  })

  test('has the port of its scheme when none is written, and an address in brackets is an address', () => {
    expect(parseCameraUrl('rtsps://[fd00::7]/a')).toMatchObject({ ok: true, url: { secure: true, host: 'fd00::7', port: 322 } })
    expect(parseCameraUrl('RTSP://camera.lan')).toMatchObject({ ok: true, url: { secure: false, port: 554, path: '/' } })
  })

  test.each([
    ['http://10.0.0.7/video', 'scheme'],
    ['file:///etc/passwd', 'scheme'],
    ['concat:rtsp://10.0.0.7/a|/etc/passwd', 'scheme'],
    ['camera', 'not_a_url'],
    ['rtsp://', 'no_host'],
    ['rtsp://10.0.0.7/a\nfile /etc/passwd', 'control_characters'],
    ['rtsp://10.0.0.7/a\u0000', 'control_characters'],
    ['rtsp://10.0.0.7\\@8.8.8.8/', 'control_characters'],
    ['rtsp://10.0.0.7/a b', 'control_characters'],
    [`rtsp://10.0.0.7/${'a'.repeat(1100)}`, 'too_long'],
  ])('%j is refused', (text, code) => {
    expect(parseCameraUrl(text)).toEqual({ ok: false, code })
  })
})

describe('the address of a camera', () => {
  test.each(['10.1.2.3', '172.31.0.1', '192.168.1.64', '127.0.0.1', '::1', 'fd12::1', '::ffff:192.168.1.64'])(
    '%s is inside the default networks',
    async (address) => {
      expect(await resolveCamera({ host: 'camera', port: 554 }, reach, resolvesTo(address))).toEqual({
        ok: true,
        address,
        port: 554,
      })
    },
  )

  test.each(['8.8.8.8', '169.254.169.254', '172.32.0.1', '::ffff:8.8.8.8', 'fe80::1', '2001:db8::1', '0.0.0.0', '224.0.0.1'])(
    '%s is outside',
    async (address) => {
      expect(await resolveCamera({ host: 'camera', port: 554 }, reach, resolvesTo(address))).toEqual({
        ok: false,
        code: 'network',
      })
    },
  )

  test('is the one that was checked, when a name has several', async () => {
    expect(await resolveCamera({ host: 'camera', port: 554 }, reach, resolvesTo('8.8.8.8', '10.0.0.9'))).toMatchObject({
      ok: true,
      address: '10.0.0.9',
    })
  })

  test.each([22, 25, 80, 443])('port %d is refused before anything is resolved', async (port) => {
    const resolve = () => Promise.reject(new Error('must not be asked'))
    expect(await resolveCamera({ host: 'camera', port }, reach, resolve)).toEqual({ ok: false, code: 'port' })
  })

  test('that does not resolve is told apart from one that is outside', async () => {
    const resolve = () => Promise.reject(new Error('ENOTFOUND'))
    expect(await resolveCamera({ host: 'camera', port: 554 }, reach, resolve)).toEqual({ ok: false, code: 'unresolved' })
  })

  test('written as an odd number is judged by what it resolves to', async () => {
    const parsed = parseCameraUrl('rtsp://0x08080808/a')
    expect(parsed.ok).toBe(true)
    if (parsed.ok) expect(await resolveCamera(parsed.url, reach, resolvesTo('8.8.8.8'))).toEqual({ ok: false, code: 'network' })
  })
})

test('lists of networks and ports with a mistake are refused as a whole', () => {
  expect(parseNetworks('10.0.0.0/8,10.0.0.300/8')).toBeNull()
  expect(parseNetworks('')).toEqual([])
  expect(parsePorts('554,1024-')).toBeNull()
  expect(parsePorts('9000-8000')).toBeNull()
  expect(parsePorts('70000')).toBeNull()
})
