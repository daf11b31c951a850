import { answer, problem, publicRoute, type Route } from '../route.ts'

/** What stands in the way of serving; empty: ready. */
export type Readiness = () => readonly string[]

/** For supervisors and load balancers: `healthz` tells that the process answers, `readyz` that it can do its work. */
export function healthRoutes(readiness: Readiness): Route[] {
  return [
    publicRoute({ method: 'GET', path: '/healthz', body: null, handler: () => answer({ ok: true }) }),
    publicRoute({
      method: 'GET',
      path: '/readyz',
      body: null,
      handler() {
        const waiting = readiness()
        return waiting.length === 0 ? answer({ ok: true }) : problem('not_ready', waiting.join('; '), { retryAfterMs: 1_000 })
      },
    }),
  ]
}
