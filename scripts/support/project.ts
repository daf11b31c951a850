import path from 'node:path'

/** The project's folder; every script works from there, wherever it was called. */
export const ROOT = path.resolve(import.meta.dirname, '..', '..')

/** Where Node keeps what it has compiled, so that servers start in three quarters of the time. */
export const COMPILED = path.join(ROOT, 'node_modules', '.cache', 'node')

/** A tool of the project's own dependencies, as a path. */
export const tool = (name: string): string => path.join(ROOT, 'node_modules', '.bin', name)

/** The major version that type stripping, node:sqlite and zstd need. */
const LEAST_NODE = 24

/** Ends the process with one line when the Node that runs it is too old. */
export function requireNode(): void {
  const major = Number(process.versions.node.split('.')[0])
  if (major >= LEAST_NODE) return
  process.stderr.write(
    `需要 Node ${LEAST_NODE} / needs Node ${LEAST_NODE} or newer, this is ${process.versions.node}: use npm start, whose packages bring their own Node on Linux (npm ci with optional dependencies)\n`,
  )
  process.exit(1)
}
