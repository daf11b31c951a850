import ipaddr from 'ipaddr.js'

import { OPTIONS, type OptionName, type OptionSpec } from './options.ts'

export interface Config {
  readonly host: string
  readonly port: number
  readonly dataDir: string
  readonly siteDir: string
  readonly databaseUrl: string | null
  /** Scheme, host and port as browsers see them; null: whatever the request's Host says. */
  readonly publicOrigin: string | null
  readonly trustedProxies: readonly string[]
  readonly tls: { readonly certPath: string; readonly keyPath: string } | null
  /** Room on the disk kept for the journal. */
  readonly journalReserveBytes: number
  readonly sessionHours: number
  readonly cameraNetworks: readonly string[]
  readonly cameraPorts: string
  readonly recordingFloorBytes: number
  /** 0: all of the log is kept. */
  readonly logKeptDays: number
  readonly cameraPull: CameraPullWay
  readonly ffmpegPath: string | null
  readonly basemap: {
    readonly tiandituKey: string | null
    readonly tiles: string | null
    readonly style: string | null
    readonly hosts: readonly string[]
  }
  readonly demo: { readonly password: string | null; readonly rate: number }
  readonly logLevel: LogLevel
}

type CameraPullWay = (typeof OPTIONS)['CAMERA_PULL']['values'][number]
export type LogLevel = (typeof OPTIONS)['LOG_LEVEL']['values'][number]

/** One option that cannot be used, in a sentence that never repeats a secret's value. */
export interface ConfigProblem {
  readonly option: string
  readonly message: string
}

export type ConfigResult =
  | { readonly ok: true; readonly config: Config; readonly warnings: readonly string[] }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] }

type Environment = Readonly<Record<string, string | undefined>>

const MEBIBYTE = 1 << 20

/**
 * The whole configuration from an environment, or every problem in it at once. Empty values count as absent. Pure but for
 * `readSecret`, which reads the file that a `NAME_FILE` names.
 */
export function loadConfig(env: Environment, readSecret: (path: string) => string): ConfigResult {
  const problems: ConfigProblem[] = []
  const texts = new Map<OptionName, string | null>()
  for (const [name, spec] of Object.entries(OPTIONS) as [OptionName, OptionSpec][]) {
    const given = textOf(env, name, spec, readSecret, problems)
    if (given !== null) {
      const message = problemOf(spec, given)
      if (message !== null) problems.push({ option: name, message })
    }
    texts.set(name, given)
  }
  const text = (name: OptionName): string | null => texts.get(name) ?? null
  const need = (name: OptionName): string => text(name) ?? ''
  const certPath = text('TLS_CERT')
  const keyPath = text('TLS_KEY')
  if ((certPath === null) !== (keyPath === null)) {
    problems.push({ option: certPath === null ? 'TLS_CERT' : 'TLS_KEY', message: 'TLS_CERT and TLS_KEY are given together' })
  }
  const databaseUrl = text('DATABASE_URL')
  if (databaseUrl !== null && !/^postgres(?:ql)?:\/\//.test(databaseUrl)) {
    problems.push({ option: 'DATABASE_URL', message: 'postgres://user@host:port/database' })
  }
  if (problems.length > 0) return { ok: false, problems }
  const dataDir = need('DATA_DIR')
  const config: Config = {
    host: need('HOST'),
    port: Number(need('PORT')),
    dataDir,
    siteDir: text('SITE_DIR') ?? `${dataDir.replace(/\/+$/, '')}/site`,
    databaseUrl,
    journalReserveBytes: Number(need('JOURNAL_RESERVE_MB')) * MEBIBYTE,
    publicOrigin: originOf(text('PUBLIC_ORIGIN')),
    trustedProxies: listOf(need('TRUSTED_PROXIES')),
    tls: certPath === null || keyPath === null ? null : { certPath, keyPath },
    sessionHours: Number(need('SESSION_HOURS')),
    cameraNetworks: listOf(need('CAMERA_NETWORKS')),
    cameraPorts: need('CAMERA_PORTS'),
    recordingFloorBytes: Number(need('RECORDING_FLOOR_GB')) * 1e9,
    logKeptDays: Number(need('LOG_KEPT_DAYS')),
    cameraPull: need('CAMERA_PULL') as CameraPullWay,
    ffmpegPath: text('FFMPEG_PATH'),
    basemap: {
      tiandituKey: text('TIANDITU_KEY'),
      tiles: text('BASEMAP_TILES'),
      style: text('BASEMAP_STYLE'),
      hosts: listOf(need('BASEMAP_HOSTS')),
    },
    demo: { password: text('DEMO_PASSWORD'), rate: Number(need('DEMO_RATE')) },
    logLevel: need('LOG_LEVEL') as LogLevel,
  }
  return { ok: true, config, warnings: warningsOf(config) }
}

/** Whether an address or name to listen on is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  if (host === 'localhost') return true
  const bare = host.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(bare) && ipaddr.process(bare).range() === 'loopback'
}

function warningsOf(config: Config): string[] {
  const warnings: string[] = []
  const secureProxy = config.publicOrigin?.startsWith('https://') === true
  if (!isLoopback(config.host) && config.tls === null && !secureProxy) {
    warnings.push(
      `HOST=${config.host} without TLS_CERT and TLS_KEY: passwords and pictures cross the network in clear, and browsers without HTTPS have no WebCodecs and no zstd, so players fall back. See docs/operations.md.`,
    )
  }
  if (config.publicOrigin !== null && config.trustedProxies.length === 0) {
    warnings.push('PUBLIC_ORIGIN without TRUSTED_PROXIES: sign-in limits count the address of the proxy for everybody.')
  }
  return warnings
}

function textOf(
  env: Environment,
  name: OptionName,
  spec: OptionSpec,
  readSecret: (path: string) => string,
  problems: ConfigProblem[],
): string | null {
  const given = env[name]?.trim()
  if (given !== undefined && given !== '') return given
  const file = spec.secret ? env[`${name}_FILE`]?.trim() : undefined
  if (file === undefined || file === '') return spec.default
  try {
    return readSecret(file).trim() || spec.default
  } catch {
    problems.push({ option: `${name}_FILE`, message: 'the file cannot be read' })
    return spec.default
  }
}

function problemOf(spec: OptionSpec, text: string): string | null {
  switch (spec.kind) {
    case 'text':
    case 'path':
      return text.includes('\0') ? 'holds a NUL' : null
    case 'port':
      return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? null : 'a port from 0 to 65535'
    case 'number': {
      const value = Number(text)
      const { min = -Infinity, max = Infinity } = spec
      return Number.isFinite(value) && value >= min && value <= max ? null : `a number from ${min} to ${max}`
    }
    case 'origin':
      return originOf(text) === null ? 'http:// or https://, a host, perhaps a port, and nothing more' : null
    case 'url':
      return URL.canParse(text) ? null : 'a whole address with its scheme'
    case 'cidrs':
      return listOf(text).every((cidr) => ipaddr.isValidCIDR(cidr)) ? null : 'networks such as 192.168.0.0/16, with commas'
    case 'hosts':
      return listOf(text).every((host) => HOST.test(host)) ? null : 'hosts such as tiles.example:8443, with commas'
    case 'choice':
      return spec.values?.includes(text) === true ? null : `one of ${spec.values?.join(', ')}`
  }
}

/** A host name or address, perhaps with a port. */
const HOST = /^(?:[a-z0-9.-]{1,253}|\[[0-9a-f:]+\])(?::\d{1,5})?$/i

const listOf = (text: string): readonly string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')

function originOf(text: string | null): string | null {
  if (text === null || !URL.canParse(text)) return null
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return null
  const bare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '' && url.password === ''
  return bare ? url.origin : null
}
