import { existsSync } from 'node:fs'
import path from 'node:path'

import { capture, run } from './run.ts'

/** One thing that tests take from the system, and Debian's packages that have it. */
interface Need {
  readonly name: string
  readonly packages: readonly string[]
  readonly isThere: () => Promise<boolean>
}

const onPath =
  (...names: readonly string[]) =>
  (): Promise<boolean> => {
    const folders = (process.env['PATH'] ?? '').split(path.delimiter)
    return Promise.resolve(names.some((name) => folders.some((folder) => existsSync(path.join(folder, name)))))
  }
/** Debian's own Python, whose packages apt brings; another one on PATH has none of them. */
const PYTHON = '/usr/bin/python3'
const python = (code: string) => async (): Promise<boolean> => (await capture(PYTHON, ['-c', code]))?.code === 0

/** What the whole of `npm test` needs. */
const NEEDS: readonly Need[] = [
  { name: 'ffmpeg', packages: ['ffmpeg'], isThere: onPath('ffmpeg') },
  { name: 'Chromium', packages: ['chromium'], isThere: onPath('chromium', 'chromium-browser', 'google-chrome') },
  {
    name: 'a Chinese font',
    packages: ['fonts-noto-cjk'],
    isThere: async () => ((await capture('fc-list', [':lang=zh-cn', 'family']))?.text.trim() ?? '') !== '',
  },
  {
    name: 'the GStreamer RTSP server',
    packages: [
      'gstreamer1.0-rtsp',
      'gir1.2-gst-rtsp-server-1.0',
      'gstreamer1.0-plugins-base',
      'gstreamer1.0-plugins-good',
      'gstreamer1.0-plugins-bad',
      'python3-gi',
    ],
    isThere: python('import gi; gi.require_version("GstRtspServer", "1.0"); from gi.repository import GstRtspServer'),
  },
  {
    name: 'Python Socket.IO',
    packages: ['python3-socketio', 'python3-websocket', 'python3-requests'],
    isThere: python('import socketio, websocket, requests'),
  },
  { name: 'PostgreSQL', packages: ['postgresql'], isThere: () => Promise.resolve(existsSync('/usr/lib/postgresql')) },
]

/**
 * Sees to what the tests need: uses what is there, installs the rest where it may (root with apt-get), otherwise says in
 * one line what to install. Tests find out for themselves what they have, and are skipped by name.
 */
export async function provideSystemNeeds(): Promise<void> {
  const missing = await missingNeeds()
  if (missing.length === 0) return
  const packages = missing.flatMap((need) => need.packages)
  if (process.getuid?.() === 0 && (await onPath('apt-get')())) {
    process.stdout.write(`安装 / installing ${packages.join(' ')} …\n`)
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
    const quiet = { env, stdio: ['ignore', 'ignore', 'inherit'] as ['ignore', 'ignore', 'inherit'] }
    await run('apt-get', ['update', '-q'], quiet)
    await run('apt-get', ['install', '-q', '-y', '--no-install-recommends', ...packages], quiet)
  }
  const left = await missingNeeds()
  if (left.length === 0) return
  const names = left.map(({ name }) => name).join(', ')
  const wanted = left.flatMap((need) => need.packages).join(' ')
  process.stdout.write(`缺少 / missing: ${names}; tests that need them are skipped. sudo apt-get install ${wanted}\n`)
}

async function missingNeeds(): Promise<Need[]> {
  const there = await Promise.all(NEEDS.map((need) => need.isThere()))
  return NEEDS.filter((_, index) => there[index] !== true)
}
