import { createFiles } from './files.ts'
import { answer, type Answer } from './route.ts'

/** Screens of the client, which finds its own way below them. */
const SCREENS = /^\/(?:(?:wall|desk|replay|hotspots|registers|field|admin|verify|incidents)(?:\/.*)?)?$/

/** Serves the built client: its pages never cached, its hashed files for ever. */
export interface ClientPages {
  /** @param path decoded, with its leading `/` */
  serve(path: string, headers: Readonly<Record<string, string | string[] | undefined>>): Promise<Answer>
}

/** @param root where the build put the client */
export function createClientPages(root: string): ClientPages {
  const files = createFiles(root)
  const text = (value: string | string[] | undefined): string | undefined => (typeof value === 'string' ? value : undefined)
  return {
    async serve(path, headers) {
      const request = {
        headers: {
          range: text(headers.range),
          'if-none-match': text(headers['if-none-match']),
          'accept-encoding': text(headers['accept-encoding']),
        },
      }
      if (SCREENS.test(path)) {
        const page = await files.serve('index.html', request, 'no-store')
        if (page.status !== 404) return page
        return answer(Buffer.from('The client is not built: npm run build\n'), {
          status: 503,
          headers: { 'Content-Type': 'text/plain; charset=utf-8', 'Retry-After': '5' },
        })
      }
      const cacheControl = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-cache'
      return files.serve(path.slice(1), request, cacheControl)
    },
  }
}
