import { readFileSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'

import { z } from 'zod'

import type { LayerName } from '../../shared/domain/layers.ts'
import type { Accounts } from '../accounts/accounts.ts'
import type { Config } from '../config/load-config.ts'
import { isUntouched } from '../database/emptiness.ts'
import type { DatabaseHandle } from '../database/open-database.ts'
import { loadSite, writeSite } from '../site/site-folder.ts'
import type { Logger } from '../telemetry/logger.ts'
import type { CameraService } from '../video/camera-service.ts'
import { createCommunity, DEMO_SEED, type DemoCommunity } from './community.ts'
import { makeDemoAccounts } from './demo-accounts.ts'
import { DemoRefusal } from './demo-refusal.ts'
import { keepProcess, type KeptProcess } from './kept-process.ts'

/** A demo that may start in this data folder. */
export interface Demo {
  readonly community: DemoCommunity
}

const SOURCE_NAME = '演示数据源 demo feed'
/** Everything but cameras, which their hub reports, and alarms, which come from rules. */
const SOURCE_LAYERS = [
  'buildings',
  'residents',
  'merchants',
  'stations',
  'workers',
  'cases',
] as const satisfies readonly LayerName[]
/** The feed's exit code when its token was refused: its source was deleted by an admin, who wanted it to end. */
const FEED_TOKEN_REFUSED = 3

/**
 * Whether the demo runs here: it does in a folder that nobody used yet, whose site it writes, and in its own. Null when it is
 * not wanted.
 * @throws DemoRefusal when the folder holds real data: the two never share one
 */
export async function prepareDemo(options: {
  readonly config: Config
  readonly database: Pick<DatabaseHandle, 'db'>
  readonly wanted: boolean
}): Promise<Demo | null> {
  if (!options.wanted) return null
  const { dataDir, siteDir } = options.config
  const site = await loadSite(siteDir)
  if (site.ok) {
    if (!site.site.manifest.demo) throw realData(siteDir)
    return { community: createCommunity(DEMO_SEED) }
  }
  if (site.code === 'invalid') {
    const { file, message } = site.problems[0] ?? { file: 'site.json', message: 'not valid' }
    throw new DemoRefusal('bad_site', `站点文件夹无法读取 / the site folder ${siteDir} cannot be read: ${file}: ${message}`)
  }
  if (!(await isUntouched(options.database.db))) throw realData(dataDir)
  const community = createCommunity(DEMO_SEED)
  await writeSite(siteDir, community.site, { replace: false })
  return { community }
}

const realData = (folder: string): DemoRefusal =>
  new DemoRefusal(
    'real_data',
    `${folder} 中是真实数据,演示不与其共用 / ${folder} holds real data, which the demo never shares: npm start -- --no-demo, or another DATA_DIR`,
  )

export interface DemoParts {
  readonly config: Config
  readonly accounts: Accounts
  readonly cameras: Pick<CameraService, 'create' | 'patch'>
  /** Where the server listens. */
  readonly port: number
  /** Null: no camera pictures. */
  readonly ffmpegPath: string | null
  readonly logger: Logger
}

/** Makes the accounts, prints them once, and starts the feed and the cameras, each a process of its own. */
export async function startDemo(demo: Demo, parts: DemoParts): Promise<{ stop(): Promise<void> }> {
  const { config, accounts } = parts
  const made = await makeDemoAccounts(accounts, config.demo.password)
  if (made !== null) {
    process.stdout.write(
      `演示账号 / demo accounts: ${made.names.join(', ')}\n密码(只显示一次) / password (shown once): ${made.password}\n`,
    )
  }
  const feed = startFeed(parts, await sourceToken(accounts, config.dataDir))
  const cameras = startCameras(demo, parts)
  return {
    async stop() {
      await Promise.all([feed.stop(), cameras?.stop()])
    },
  }
}

const keptSourceSchema = z.object({ id: z.string(), token: z.string() })

/** The feed's token: the one of the last start while its source exists, else a new one. Kept for the owner's eyes only. */
async function sourceToken(accounts: Accounts, dataDir: string): Promise<string> {
  const file = path.join(dataDir, 'demo-source.json')
  const text = await readFile(file, 'utf8').catch(() => '')
  const kept = text === '' ? null : keptSourceSchema.safeParse(parsed(text))
  const sources = await accounts.machines.sources()
  if (kept?.success === true && sources.some(({ id }) => id === kept.data.id)) return kept.data.token
  for (const { id, name } of sources) if (name === SOURCE_NAME) await accounts.machines.deleteSource(id, null)
  const made = await accounts.machines.createSource({ name: SOURCE_NAME, layers: SOURCE_LAYERS }, null)
  await writeFile(file, JSON.stringify(made), { mode: 0o600 })
  return made.token
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function startFeed({ config, port, logger }: DemoParts, token: string): KeptProcess {
  const { tls, demo, dataDir } = config
  const host = ['0.0.0.0', '::', 'localhost'].includes(config.host) ? '127.0.0.1' : config.host
  const order = {
    origin: `${tls === null ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    token,
    certificate: tls === null ? null : readFileSync(tls.certPath, 'utf8'),
    rate: demo.rate,
    statePath: path.join(dataDir, 'demo-feed.json'),
  }
  return keepProcess({
    module: path.join(import.meta.dirname, 'feed-main.ts'),
    order: () => JSON.stringify(order),
    onLine: (line) => logger.info({ area: 'demo feed' }, line),
    finalCode: FEED_TOKEN_REFUSED,
  })
}

/** An hour: enough to look back at, and no more of a disk than a demo may take (about 2.5 GB). */
const DEMO_RECORDING_DAYS = 1 / 24

const signInSchema = z.object({ username: z.string(), password: z.string() })

/** The demo's RTSP cameras. When they listen, they are registered as real ones are, so that the whole path is in use. */
function startCameras({ community }: Demo, { config, cameras, ffmpegPath, logger }: DemoParts): KeptProcess | null {
  if (ffmpegPath === null) return null
  const statePath = path.join(config.dataDir, 'demo-cameras.json')
  const register = async (port: number): Promise<void> => {
    const { username, password } = signInSchema.parse(JSON.parse(await readFile(statePath, 'utf8')))
    for (const camera of community.cameras) {
      const address = (profile: 'main' | 'sub'): string =>
        `rtsp://${username}:${password}@127.0.0.1:${port}/${camera.id}/${profile}`
      const urls = { url: address('main'), subUrl: address('sub') }
      const made = await cameras.create({ ...camera, ...urls, recording: 'always', retentionDays: DEMO_RECORDING_DAYS })
      const known = made.ok || made.code !== 'exists' ? made : await cameras.patch(camera.id, urls)
      if (!known.ok) logger.warn({ camera: camera.id, code: known.code }, 'a demo camera was not registered')
    }
  }
  return keepProcess({
    module: path.join(import.meta.dirname, 'rtsp-camera', 'main.ts'),
    order: () => JSON.stringify({ ffmpegPath, statePath }),
    onLine(line) {
      const port = /^ready (\d+)$/.exec(line)?.[1]
      if (port === undefined) logger.info({ area: 'demo cameras' }, line)
      else register(Number(port)).catch((cause: unknown) => logger.error({ err: cause }, 'the demo cameras were not registered'))
    },
    finalCode: null,
  })
}
