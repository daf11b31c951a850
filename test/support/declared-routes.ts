import { readdir } from 'node:fs/promises'

import type { Route } from '../../server/http/route.ts'

/** Stands for the parts that a route works with: whoever is let in finds nobody there, which is not a refusal. */
const absent: unknown = new Proxy(() => absent, {
  get: (_target, name) => (name === Symbol.toPrimitive ? () => 'absent' : name === 'then' ? undefined : absent),
  apply: () => {
    throw new Error('nobody is there')
  },
})

/** Every route that any file of server/http/routes declares, each once, also where one list holds another. */
export async function declaredRoutes(): Promise<Route[]> {
  const folder = new URL('../../server/http/routes/', import.meta.url)
  const routes: Route[] = []
  for (const file of await readdir(folder)) {
    const module = (await import(new URL(file, folder).href)) as Record<string, unknown>
    for (const [name, make] of Object.entries(module)) {
      if (name.endsWith('Routes') && name !== 'baseRoutes' && typeof make === 'function')
        routes.push(...(make(absent) as Route[]))
    }
  }
  return [...new Map(routes.map((route) => [`${route.method} ${route.path}`, route])).values()]
}
