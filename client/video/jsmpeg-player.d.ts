declare module '@cycjimmy/jsmpeg-player' {
  /** Where a player's bytes come from; `write` of the demuxer takes MPEG-TS. */
  export interface JsmpegSource {
    readonly streaming: boolean
    readonly established: boolean
    readonly completed: boolean
    readonly progress: number
    connect(demuxer: { write(bytes: ArrayBuffer): void }): void
    start(): void
    resume(headroomSeconds: number): void
    destroy(): void
  }

  export interface JsmpegOptions {
    source: new (url: string, options: JsmpegOptions) => JsmpegSource
    canvas: HTMLCanvasElement
    audio: false
    disableGl: boolean
    disableWebAssembly: boolean
    pauseWhenHidden: boolean
    videoBufferSize: number
    onVideoDecode(): void
  }

  const JSMpeg: {
    Player: new (url: string, options: JsmpegOptions) => { destroy(): void }
  }
  export default JSMpeg
}
