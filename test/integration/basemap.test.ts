import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach, expect, test } from 'vitest'

import { basemapHosts, createBasemap } from '../../server/basemap/basemap.ts'
import { createUpstream } from '../../server/basemap/upstream.ts'
import { basemapRoutes } from '../../server/http/routes/basemap.ts'
import { createBrowser, startTestServer, type TestServer } from '../support/http-server.ts'

const KEY = 'hunter2-map-key'

/** A map service on this machine, as an operator's own would be. */
let maps: Server
let asked: string[]
let base: string
let server: TestServer

const style = () => ({
  version: 8,
  sources: {
    roads: { type: 'vector', url: `./tiles.json?key=${KEY}` },
    pictures: { type: 'raster', tiles: [`${base}/pictures/{z}/{x}/{y}.png?key=${KEY}`], tileSize: 256 },
    strangers: { type: 'raster', tiles: ['https://elsewhere.example/{z}/{x}/{y}.png'] },
    inline: { type: 'geojson', data: 'https://elsewhere.example/data.json' },
  },
  glyphs: `${base}/fonts/{fontstack}/{range}.pbf?key=${KEY}`,
  sprite: `${base}/sprite?key=${KEY}`,
  layers: [
    { id: 'ground', type: 'background' },
    { id: 'roads', type: 'line', source: 'roads', 'source-layer': 'roads' },
    { id: 'inline', type: 'fill', source: 'inline' },
  ],
})

beforeEach(async () => {
  asked = []
  maps = createServer((request, response) => {
    const url = request.url ?? ''
    asked.push(url)
    const send = (type: string, body: string | Buffer): void => void response.setHeader('content-type', type).end(body)
    if (url.startsWith('/style.json')) send('application/json', JSON.stringify(style()))
    else if (url.startsWith('/tiles.json'))
      send('application/json', JSON.stringify({ tiles: [`${base}/roads/{z}/{x}/{y}?key=${KEY}`], maxzoom: 14 }))
    else if (url.startsWith('/roads/')) send('application/x-protobuf', 'roads')
    else if (url.startsWith('/pictures/')) send('image/png', 'picture')
    else if (url.startsWith('/fonts/')) send('application/x-protobuf', decodeURIComponent(url))
    else if (url.startsWith('/sprite')) send(url.includes('.png') ? 'image/png' : 'application/json', '{}')
    else if (url.startsWith('/page/')) send('text/html', '<script>alert(1)</script>')
    else if (url.startsWith('/large/')) send('image/png', Buffer.alloc(5 * 1024 * 1024))
    else if (url.startsWith('/away/')) response.writeHead(302, { location: `${base}/pictures/1/1/1.png` }).end()
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => maps.listen(0, '127.0.0.1', resolve))
  base = `http://127.0.0.1:${(maps.address() as AddressInfo).port}`
})
afterEach(async () => {
  expect(server.broken).toEqual([])
  expect(server.logLines.join('')).not.toContain(KEY)
  await server.stop()
  maps.closeAllConnections()
  await new Promise((resolve) => maps.close(resolve))
})

async function start(config: { tiles?: string; style?: string; tiandituKey?: string }) {
  const whole = { tiandituKey: config.tiandituKey ?? null, tiles: config.tiles ?? null, style: config.style ?? null }
  const upstream = createUpstream(basemapHosts(whole, []), () => performance.now())
  const basemap = createBasemap(whole, upstream, () => performance.now())
  server = await startTestServer({ moreRoutes: () => basemapRoutes(basemap) })
  await server.addUser('wall')
  const wall = createBrowser(server.origin)
  await wall.signIn('wall')
  return wall
}

test('tiles of a configured address come through us, once, and their key stays here', async () => {
  const wall = await start({ tiles: `${base}/pictures/{z}/{x}/{y}.png?key=${KEY}` })
  expect((await wall.json('GET', '/api/basemap')).body).toEqual({
    ok: true,
    tianditu: null,
    tiles: '/api/basemap/tiles/{z}/{x}/{y}',
    style: null,
  })
  for (let times = 0; times < 3; times += 1) {
    const tile = await wall.send('GET', '/api/basemap/tiles/3/5/6')
    expect([tile.status, tile.headers.get('content-type'), await tile.text()]).toEqual([200, 'image/png', 'picture'])
    expect([...tile.headers].join()).not.toContain(KEY)
  }
  expect(asked).toEqual([`/pictures/3/5/6.png?key=${KEY}`])
  for (const place of ['3/8/0', '23/0/0', '-1/0/0', '3/x/0', '3/0/0.5', '3/1e1/0']) {
    expect((await wall.send('GET', `/api/basemap/tiles/${place}`)).status, place).toBe(404)
  }
  expect(asked).toHaveLength(1)
})

test('a style is rewritten so that it asks only us; what leads elsewhere is left out or refused', async () => {
  const wall = await start({ style: `${base}/style.json?key=${KEY}` })
  const response = await wall.send('GET', '/api/basemap/style')
  const text = await response.text()
  expect(text).not.toContain(KEY)
  expect(text).not.toMatch(/https?:/)
  expect(JSON.parse(text)).toMatchObject({
    sources: {
      roads: { type: 'vector', maxzoom: 14, tiles: ['/api/basemap/style/tiles/0/{z}/{x}/{y}'] },
      pictures: { tiles: ['/api/basemap/style/tiles/1/{z}/{x}/{y}'], tileSize: 256 },
    },
    layers: [{ id: 'ground' }, { id: 'roads' }],
  })
  const get = async (path: string) => {
    const part = await wall.send('GET', `/api/basemap/style/${path}`)
    return [part.status, await part.text()]
  }
  expect(await get('tiles/0/1/0/1')).toEqual([200, 'roads'])
  expect(await get('tiles/1/1/0/1')).toEqual([200, 'picture'])
  expect((await get('tiles/2/1/0/1'))[0]).toBe(404)
  expect((await get('tiles/9/1/0/1'))[0]).toBe(404)
  expect(await get('glyphs/Noto%20Sans%20Regular/0-255')).toEqual([200, `/fonts/Noto Sans Regular/0-255.pbf?key=${KEY}`])
  expect(await get('sprites/0@2x.json')).toEqual([200, '{}'])
  expect((await get('sprites/0@2x.png'))[0]).toBe(200)
  expect(asked).toContain(`/sprite@2x.json?key=${KEY}`)
  expect((await get('glyphs/..%2f..%2fetc/passwd'))[0]).toBe(404)
})

test('pages, giants, redirects and silence are no tiles', async () => {
  for (const path of ['page', 'large', 'away', 'nothing']) {
    const wall = await start({ tiles: `${base}/${path}/{z}/{x}/{y}?key=${KEY}` })
    const answer = await wall.json('GET', '/api/basemap/tiles/1/1/1')
    expect(answer, path).toMatchObject({ status: 502, body: { code: 'bad_upstream' } })
    expect(JSON.stringify(answer)).not.toContain(KEY)
    if (path !== 'nothing') await server.stop()
  }
})

test('without a configuration there is no map from outside, and nobody who is not signed in has one', async () => {
  const wall = await start({})
  expect((await wall.json('GET', '/api/basemap')).body).toEqual({ ok: true, tianditu: null, tiles: null, style: null })
  for (const path of ['tiles/1/1/1', 'style', 'style/tiles/0/1/1/1', 'tianditu/vec/1/1/1']) {
    expect((await wall.send('GET', `/api/basemap/${path}`)).status).toBe(404)
    expect((await createBrowser(server.origin).send('GET', `/api/basemap/${path}`)).status).toBe(401)
  }
})
