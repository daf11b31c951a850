import { readFileSync } from 'node:fs'
import path from 'node:path'

import {
  VIEWER_INDEX_NAME,
  VIEWER_PAGE_NAME,
  VIEWER_SCRIPT_NAME,
  VIEWER_STYLE_NAME,
  viewerDataName,
  viewerDataScript,
  type ViewerIndex,
} from '../../shared/history/viewer-index.ts'
import type { ExtraPart } from './evidence-bundle.ts'

/** The offline viewer as the build left it. */
export interface ViewerFiles {
  readonly script: Uint8Array
  readonly style: Uint8Array
}

/** Null where the client was not built: bundles are whole without a viewer, and say so. @param folder where the build puts it */
export function readViewer(folder: string): ViewerFiles | null {
  try {
    return { script: readFileSync(path.join(folder, 'viewer.js')), style: readFileSync(path.join(folder, 'viewer.css')) }
  } catch {
    return null // Not built.
  }
}

/** Scripts and videos of its own folder and nothing else: what the page is given to see, it cannot tell to anybody. */
const POLICY =
  "default-src 'none'; script-src 'self' file:; style-src 'self' file:; media-src 'self' file:; base-uri 'none'; form-action 'none'"

const PAGE = `<!doctype html>
<html lang="zh-CN">
  <head>
    <meta charset="utf-8" />
    <meta http-equiv="Content-Security-Policy" content="${POLICY}" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>证据包 / Evidence</title>
    <link rel="stylesheet" href="${VIEWER_STYLE_NAME}" />
  </head>
  <body>
    <div id="viewer">请先解压整个证据包，再打开本页 / Unpack the whole bundle first, then open this page</div>
    <script src="${VIEWER_INDEX_NAME}"></script>
    <script src="${VIEWER_SCRIPT_NAME}"></script>
  </body>
</html>
`

/** The bytes of a part of the log as the viewer can load them. */
export function viewerData(part: string, bytes: Uint8Array): ExtraPart {
  const base64 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')
  return { name: viewerDataName(part), bytes: Buffer.from(viewerDataScript(part, base64)) }
}

/** The viewer itself. */
export function viewerParts({ script, style }: ViewerFiles, index: ViewerIndex): readonly ExtraPart[] {
  return [
    { name: VIEWER_PAGE_NAME, bytes: Buffer.from(PAGE) },
    { name: VIEWER_SCRIPT_NAME, bytes: script },
    { name: VIEWER_STYLE_NAME, bytes: style },
    { name: VIEWER_INDEX_NAME, bytes: Buffer.from(`globalThis.lookoutIndex = ${JSON.stringify(index)}\n`) },
  ]
}
