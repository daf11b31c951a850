declare module 'node-rtsp-stream/mpeg1muxer.js' {
  import type { ChildProcess } from 'node:child_process'
  import type { EventEmitter } from 'node:events'

  /** ffmpeg reading `url` and writing MPEG-TS with MPEG-1 video; emits `mpeg1data` with each chunk, `exitWithError` at exit code 1. */
  export default class Mpeg1Muxer extends EventEmitter {
    constructor(options: { url: string; ffmpegPath: string; ffmpegOptions?: Record<string, string> })
    readonly stream: ChildProcess
  }
}
