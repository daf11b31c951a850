/** How an option's text is read. `cidrs` and `hosts` are lists with commas; `origin` a scheme, host and port without a path. */
export type OptionKind = 'text' | 'path' | 'port' | 'number' | 'origin' | 'url' | 'cidrs' | 'hosts' | 'choice'

/** One option of the environment: where `.env.example` and docs/configuration.md come from. */
export interface OptionSpec {
  readonly kind: OptionKind
  /** As written in the environment; null: off or found by itself when absent. */
  readonly default: string | null
  /** One sentence for the operator. */
  readonly sentence: string
  /** Never logged or served; may also be given as a file by `NAME_FILE`. */
  readonly secret: boolean
  /** Bounds of a number, both inclusive. */
  readonly min?: number
  readonly max?: number
  readonly values?: readonly string[]
}

const open = { secret: false } as const
const secret = { secret: true } as const

/** Every option that the server reads, in the order of the documentation. */
export const OPTIONS = {
  HOST: {
    ...open,
    kind: 'text',
    default: '127.0.0.1',
    sentence: 'Address to listen on; anything but loopback should have TLS_CERT and TLS_KEY or a proxy with HTTPS in front.',
  },
  PORT: { ...open, kind: 'port', default: '8080', sentence: 'Port to listen on; 0 takes a free one.' },
  DATA_DIR: {
    ...open,
    kind: 'path',
    default: './data',
    sentence: 'Folder of the log, the accounts, keys and pictures; one server a folder, and demo and real data never share one.',
  },
  SITE_DIR: {
    ...open,
    kind: 'path',
    default: null,
    sentence: 'Folder of the site: boundary, grids, compounds and map files; the folder `site` under DATA_DIR when absent.',
  },
  DATABASE_URL: {
    ...secret,
    kind: 'url',
    default: null,
    sentence: 'A PostgreSQL address (`postgres://…`) to keep the log there; an embedded database file in DATA_DIR when absent.',
  },
  JOURNAL_RESERVE_MB: {
    ...open,
    kind: 'number',
    default: '64',
    min: 0,
    max: 100_000,
    sentence:
      'Room on the disk of DATA_DIR that is kept for the log: recording stops, and says so, while less than this is free.',
  },
  PUBLIC_ORIGIN: {
    ...open,
    kind: 'origin',
    default: null,
    sentence: 'What browsers see when a proxy stands in front, such as `https://lookout.example`; other origins are refused.',
  },
  TRUSTED_PROXIES: {
    ...open,
    kind: 'cidrs',
    default: '',
    sentence: 'Networks of proxies whose X-Forwarded-For is believed, so that sign-in limits count the real address.',
  },
  TLS_CERT: {
    ...open,
    kind: 'path',
    default: null,
    sentence: 'PEM file of the certificate and its chain; serves HTTPS, together with TLS_KEY.',
  },
  TLS_KEY: { ...open, kind: 'path', default: null, sentence: 'PEM file of the private key of TLS_CERT.' },
  SESSION_HOURS: {
    ...open,
    kind: 'number',
    default: '24',
    min: 1,
    max: 720,
    sentence: 'Hours until a person has to sign in again.',
  },
  CAMERA_NETWORKS: {
    ...open,
    kind: 'cidrs',
    default: '127.0.0.0/8,::1/128,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7',
    sentence: 'Networks in which cameras may be reached, after DNS resolution; nothing else is ever dialled for one.',
  },
  CAMERA_PORTS: {
    ...open,
    kind: 'text',
    default: '322,554,1024-65535',
    sentence: 'Ports at which cameras may be reached, with commas and ranges; so that an address cannot knock at other services.',
  },
  RECORDING_FLOOR_GB: {
    ...open,
    kind: 'number',
    default: '5',
    min: 0,
    max: 1_000_000,
    sentence: 'Free space of the disk, in gigabytes, below which the oldest recordings go before their time, with an alarm.',
  },
  LOG_KEPT_DAYS: {
    ...open,
    kind: 'number',
    default: '0',
    min: 0,
    max: 36_500,
    sentence: 'Days that the log is kept at least, then trimmed to a keyframe but for what is held; 0 keeps all of it.',
  },
  CAMERA_PULL: {
    ...open,
    kind: 'choice',
    default: 'native',
    values: ['native', 'ffmpeg'],
    sentence:
      '`native`: this server takes the H.264 of cameras itself, and ffmpeg all else; `ffmpeg`: ffmpeg takes every camera, at twice the cost.',
  },
  FFMPEG_PATH: {
    ...open,
    kind: 'path',
    default: null,
    sentence: 'The ffmpeg to use; otherwise the one of the system, then the one of the package.',
  },
  TIANDITU_KEY: {
    ...secret,
    kind: 'text',
    default: null,
    sentence: 'Key of 天地图; switches its base map on, fetched by the server so that the key never reaches a browser.',
  },
  BASEMAP_TILES: {
    ...secret,
    kind: 'url',
    default: null,
    sentence: 'Address of raster tiles with `{z}`, `{x}` and `{y}`, fetched by the server; may hold a key.',
  },
  BASEMAP_STYLE: {
    ...secret,
    kind: 'url',
    default: null,
    sentence: 'Address of a MapLibre style, fetched by the server with its tiles, glyphs and sprites; may hold a key.',
  },
  BASEMAP_HOSTS: {
    ...open,
    kind: 'hosts',
    default: '',
    sentence: 'Further hosts that the style of BASEMAP_STYLE may lead to, such as `tiles.example:8443`; its own host is allowed.',
  },
  DEMO_PASSWORD: {
    ...secret,
    kind: 'text',
    default: null,
    sentence: 'Password of the demo accounts; random and printed once when absent.',
  },
  DEMO_RATE: {
    ...open,
    kind: 'number',
    default: '1',
    min: 0.01,
    max: 1000,
    sentence: 'How many times faster than life the demo feed runs.',
  },
  LOG_LEVEL: {
    ...open,
    kind: 'choice',
    default: 'info',
    values: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    sentence: 'The least severe log lines to write.',
  },
} as const satisfies Record<string, OptionSpec>

export type OptionName = keyof typeof OPTIONS
