import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import path from 'node:path'

import type Koa from 'koa'

import { createBuildingDerivation } from '../shared/world/building-derivation.ts'
import { TOMBSTONE_MS } from '../shared/world/world.ts'
import { createAccounts } from './accounts/accounts.ts'
import { createAlarms } from './alarms/alarms.ts'
import { createScenes } from './alarms/scenes.ts'
import { basemapHosts, createBasemap } from './basemap/basemap.ts'
import { createUpstream } from './basemap/upstream.ts'
import type { Config } from './config/load-config.ts'
import { readStartOptions, type StartOptions } from './config/read-config.ts'
import { DatabaseError } from './database/database-error.ts'
import { seqCovering } from './database/log-horizon.ts'
import { openDatabase } from './database/open-database.ts'
import { DemoRefusal } from './demo/demo-refusal.ts'
import { prepareDemo, startDemo } from './demo/start-demo.ts'
import { createProof } from './history/create-proof.ts'
import { createHistoryService } from './history/history-service.ts'
import { createAuthenticator } from './http/authenticator.ts'
import { createClientPages } from './http/client-pages.ts'
import { createApp } from './http/create-app.ts'
import { close, createServer, finishServer, isAddressFault, listen } from './http/create-server.ts'
import { createLiveAccess } from './http/live-access.ts'
import { createMediaUpgrades } from './http/media-upgrade.ts'
import { isSecure } from './http/origin.ts'
import { alarmRoutes } from './http/routes/alarms.ts'
import { baseRoutes } from './http/routes/base-routes.ts'
import { basemapRoutes } from './http/routes/basemap.ts'
import { cameraRoutes } from './http/routes/cameras.ts'
import { recordingRoutes } from './http/routes/recordings.ts'
import { videoSettingsRoutes } from './http/routes/video-settings.ts'
import { hotspotRoutes } from './http/routes/hotspots.ts'
import { proofRoutes } from './http/routes/proof.ts'
import { historyRoutes } from './http/routes/history.ts'
import { recordRoutes } from './http/routes/records.ts'
import { replayRoutes } from './http/routes/replay.ts'
import { siteRoutes, type SiteView } from './http/routes/site.ts'
import { snapshotRoutes } from './http/routes/snapshot.ts'
import { statusRoutes } from './http/routes/status.ts'
import { createHotspots } from './hotspots/hotspots.ts'
import { createIdempotencyKeys } from './ingest/idempotency.ts'
import { createIngest } from './ingest/ingest.ts'
import { openChangeLog } from './journal/change-log.ts'
import { startLifetime } from './journal/lifetimes.ts'
import { createRealtime } from './realtime/realtime.ts'
import { createReplay } from './replay/replay.ts'
import { loadSite } from './site/site-folder.ts'
import { createLogger, type Logger } from './telemetry/logger.ts'
import { createVideoSettings } from './video/video-settings.ts'
import { createVideo } from './video/create-video.ts'
import { findFfmpeg } from './video/ffmpeg-command.ts'
import { createWorldWriter } from './world/world-writer.ts'

/** How long answers that are under way may take to leave when the server stops. */
const STOP_GRACE_MS = 3_000
const HOUR_MS = 3_600_000
/** The exit code that tells the supervisor that starting again would not help. */
const EXIT_HOPELESS = 78

/** Steps to undo, in the reverse order of their making. */
type Stop = () => Promise<void> | void

/** The composition root: makes every part, hands each what it needs, and takes them apart in reverse order. */
async function serve(config: Config, start: StartOptions, logger: Logger, stops: Stop[]): Promise<void> {
  const now = Date.now
  const monotonic = (): number => performance.now()
  const fault = (what: string) => (cause: unknown) => logger.error({ err: cause }, what)
  const broken = (cause: unknown): void => {
    logger.fatal({ err: cause }, 'an invariant is broken; the server ends and starts again from its log')
    process.exit(1)
  }

  const database = await openDatabase({ dataDir: config.dataDir, databaseUrl: config.databaseUrl })
  stops.push(() => database.close())
  const { db } = database
  const demo = await prepareDemo({ config, database, wanted: start.demo })
  const site = await readSite(config, logger)

  const lifetime = await startLifetime({ db, now, onFailed: fault('a beat of the lifetime was not written') })
  stops.push(() => lifetime.stop())
  const log = await openChangeLog(database, {
    reserveBytes: config.journalReserveBytes,
    onSealFailed: fault('sealing failed; it is tried again'),
  })
  stops.push(() => log.close())
  const world = await log.loadWorld()
  const resumeFloorSeq = await seqCovering(db, world.recordedAt - TOMBSTONE_MS)
  const alarms = await createAlarms({ db, world, now, monotonic })
  const writer = createWorldWriter({
    log,
    world,
    derivations: [createBuildingDerivation(world), alarms.derivation],
    projections: alarms.projections,
    now,
    onBroken: broken,
  })
  stops.push(() => writer.stop())

  const accounts = createAccounts({
    db,
    sessionMs: config.sessionHours * HOUR_MS,
    now,
    onFault: fault('sessions were not swept'),
  })
  stops.push(() => accounts.stop())
  const ingest = createIngest({ writer, keys: createIdempotencyKeys(db, now), now, monotonic })
  const alarmsAtWork = alarms.start({
    writer,
    audit: accounts.audit,
    sources: () => accounts.machines.sources(),
    lastHeardAt: (sourceId) => ingest.lastAcceptedAt(sourceId),
    onClockJump: (byMs) => logger.warn({ byMs }, 'the clock of this machine was set'),
    onFault: fault('the alarm clock stumbled'),
  })
  stops.push(() => alarmsAtWork.stop())

  const rule = { publicOrigin: config.publicOrigin, tls: config.tls !== null }
  const secure = isSecure(rule)
  const authenticator = createAuthenticator(accounts.principalOf, rule)

  const ffmpegPath = findFfmpeg(config.ffmpegPath, start.searchPath)
  if (ffmpegPath === null)
    logger.warn('no ffmpeg was found: no stills, and only cameras of H.264 play; install ffmpeg or set FFMPEG_PATH')
  const video = createVideo({
    db,
    dataDir: config.dataDir,
    ffmpegPath,
    pull: config.cameraPull,
    networks: config.cameraNetworks,
    ports: config.cameraPorts,
    recordingFloorBytes: config.recordingFloorBytes,
    writer,
    accounts,
    now,
    log: (line) => logger.info({ area: 'video' }, line),
  })

  const hotspots = createHotspots({
    db,
    world: writer.live,
    site: () => site?.site ?? null,
    now,
    onFault: fault('a hotspot analysis broke off'),
    onCommitted: writer.onCommitted,
  })
  stops.push(() => hotspots.stop())

  const proof = createProof({
    handle: database,
    log,
    audit: accounts.audit,
    dataDir: config.dataDir,
    logKeptDays: config.logKeptDays,
    viewerDir: VIEWER_DIR,
    recordings: video.recordings,
    site: () =>
      site === null ? null : { name: site.site.manifest.name, categories: [...site.site.categories], layers: site.site.layers },
    now,
    fault,
  })
  stops.push(() => proof.stop())

  const waiting = new Set(['starting'])
  const routes = [
    ...baseRoutes({ accounts, ingest, readiness: () => [...waiting], secure, now }),
    ...statusRoutes({ journalState: () => writer.journalState, build: clientBuild() }),
    ...recordRoutes({
      world: writer.live,
      readHistory: (query) => log.history(query),
      now,
    }),
    ...siteRoutes({ site: () => site, siteDir: config.siteDir }),
    ...basemapRoutes(createBasemap(config.basemap, createUpstream(basemapHosts(config.basemap, config.basemap.hosts), now), now)),
    ...historyRoutes(createHistoryService({ handle: database, log, now })),
    ...proofRoutes({ proof, audit: accounts.audit, stillAt: video.recordings.stillAt, allows: video.cameras.allows }),
    ...hotspotRoutes({ hotspots, audit: accounts.audit, tell: (credential, progress) => realtime.tell(credential, progress) }),
    ...replayRoutes(createReplay({ db, log, audit: accounts.audit, now })),
    ...alarmRoutes({ alarms: alarmsAtWork, scenes: createScenes(db, accounts.audit, now) }),
    ...cameraRoutes({
      cameras: video.cameras,
      snapshot: (id) => video.hub.snapshot(id),
      looks: video.looks,
      recordings: video.recordings,
      availability: video.availability,
    }),
    ...recordingRoutes({ ...video.recordings, allows: video.cameras.allows }),
    ...videoSettingsRoutes({ settings: createVideoSettings(db, accounts.audit, now) }),
  ]
  const pages = createClientPages(CLIENT_DIR)
  const { trustedProxies } = config
  const tls =
    config.tls === null
      ? null
      : { cert: readFileSync(config.tls.certPath, 'utf8'), key: readFileSync(config.tls.keyPath, 'utf8') }
  // The stream lives on the server and its snapshots are routes, so the server is made first and listens last.
  let handle: ReturnType<Koa['callback']> | null = null
  const server = createServer({ app: { callback: () => async (request, response) => handle?.(request, response) }, tls })

  const realtime = createRealtime({
    httpServer: server,
    source: writer,
    epoch: log.epoch,
    resumeFloorSeq,
    authenticate: createLiveAccess(authenticator),
    originAllowed: (request) => authenticator.originOf(request) !== 'other',
    now,
    onBroken: broken,
  })
  routes.push(...snapshotRoutes(realtime.snapshots))
  handle = createApp({ routes, authenticator, pages, secure, trustedProxies, log: logger }).callback()
  const endListening = accounts.onEnded((credentialId) => realtime.close(credentialId))
  const media = createMediaUpgrades({
    authenticator,
    onEnded: accounts.onEnded,
    hub: video.hub,
    onFault: fault('a media upgrade failed'),
    now,
    allows: video.cameras.allows,
    looks: video.looks,
    recordings: video.recordings,
  })
  finishServer(server, media.handle, secure)
  stops.push(async () => {
    endListening()
    media.stop()
    await realtime.stop()
    await close(server, STOP_GRACE_MS)
  })

  await video.start()
  stops.push(() => video.stop())
  const port = await listen(server, config.host, config.port)
  const origin = `${config.tls === null ? 'http' : 'https'}://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`
  const code = demo === null ? await accounts.setup.newCode() : null
  if (code !== null) process.stdout.write(`首次设置码 / set-up code for the first administrator: ${code}\n`)
  if (demo !== null) {
    const running = await startDemo(demo, { config, accounts, cameras: video.cameras, port, ffmpegPath, logger })
    stops.push(() => running.stop())
  }
  // Only now: whoever waits for either may sign in with the accounts of the demo.
  waiting.delete('starting')
  process.stdout.write(`打开 / open ${origin}\n`)
  process.send?.({ ready: true, port })
  logger.info({ port, seq: writer.live.seq, epoch: log.epoch }, 'ready')
}

const VIEWER_DIR = path.join(import.meta.dirname, '..', 'dist', 'viewer')
const CLIENT_DIR = path.join(import.meta.dirname, '..', 'dist', 'client')

/** Names the built client, so that screens notice a new one: the page names its hashed files. */
function clientBuild(): string {
  try {
    return createHash('sha256')
      .update(readFileSync(path.join(CLIENT_DIR, 'index.html')))
      .digest('hex')
      .slice(0, 16)
  } catch {
    return 'none'
  }
}

async function readSite(config: Config, logger: Logger): Promise<SiteView | null> {
  const result = await loadSite(config.siteDir)
  if (result.ok) return { site: result.site, files: result.files }
  if (result.code === 'invalid') {
    for (const { file, message } of result.problems) logger.error({ file }, `the site folder cannot be used: ${message}`)
  }
  return null
}

async function main(): Promise<void> {
  const start = readStartOptions()
  if (!start.config.ok) {
    for (const { option, message } of start.config.problems) process.stderr.write(`${option}: ${message}\n`)
    process.exit(EXIT_HOPELESS)
  }
  const { config, warnings } = start.config
  const logger = createLogger(config.logLevel)
  for (const warning of warnings) process.stderr.write(`警告 / warning: ${warning}\n`)
  const stops: Stop[] = []
  let stopping: Promise<void> | null = null
  const stop = async (): Promise<void> => {
    for (const step of stops.toReversed()) {
      try {
        await step()
      } catch (cause) {
        logger.error({ err: cause }, 'a part did not stop in order')
      }
    }
  }
  const end = (): void => {
    stopping ??= stop().then(() => process.exit(0))
  }
  process.on('SIGINT', end)
  process.on('SIGTERM', end)
  process.on('disconnect', end)
  try {
    await serve(config, start, logger, stops)
  } catch (cause) {
    await stop()
    if (cause instanceof DatabaseError || cause instanceof DemoRefusal) {
      process.stderr.write(`${cause.message}\n`)
      // A database server that is away may come back: the supervisor tries again.
      process.exit('code' in cause && cause.code === 'no_answer' ? 1 : EXIT_HOPELESS)
    }
    if (isAddressFault(cause)) {
      process.stderr.write(`无法监听 / cannot listen on ${config.host}:${config.port} (${cause.code}): set HOST or PORT\n`)
      process.exit(EXIT_HOPELESS)
    }
    throw cause
  }
}

await main()
