import { existsSync, readFileSync } from 'node:fs'

import { loadConfig, type ConfigResult } from './load-config.ts'

/** What the process was started with, beside its options. */
export interface StartOptions {
  readonly config: ConfigResult
  /** Makes the demo community where the data folder is empty; off by `--no-demo`. */
  readonly demo: boolean
  /** The program search path, for finding ffmpeg. */
  readonly searchPath: string
}

/** Reads the environment, with the `.env` file of the working folder beneath it, and the command line. Once, at the start. */
export function readStartOptions(): StartOptions {
  if (existsSync('.env')) process.loadEnvFile('.env')
  return {
    config: loadConfig(process.env, (file) => readFileSync(file, 'utf8')),
    demo: !process.argv.includes('--no-demo'),
    searchPath: process.env['PATH'] ?? '',
  }
}
