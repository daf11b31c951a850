import { expect, test } from 'vitest'

import { ROLES } from '../../shared/domain/roles.ts'
import type { Access } from '../../server/http/route.ts'
import { declaredRoutes } from '../support/declared-routes.ts'

const HEAD = `# HTTP routes

<!-- Made from the declared routes: npx vitest run test/integration/http-api.test.ts -u -->

Every route and whom it serves. A paired wall reads what \`wall\` reads. \`integration\`: tokens of integrations too, with the eyes of their role and without
residents and workers; they only read. Requests that change something by cookie need our own \`Origin\` and a JSON body. How a no is told: protocol.md.

| method | path | serves |
|---|---|---|
`

function served(access: Access): string {
  if (access === 'public') return 'anyone'
  if (access === 'source') return "a source's token"
  const roles = ROLES.every((role) => access.roles.includes(role))
    ? ['every role']
    : ROLES.filter((role) => access.roles.includes(role))
  return [...roles, ...(access.integrations === true ? ['integration'] : [])].join(', ')
}

test('docs/http-api.md names every route with whom it serves', async () => {
  const routes = await declaredRoutes()
  const rows = routes
    .toSorted((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`, 'en'))
    .map(({ method, path, access }) => `| ${method} | \`${path}\` | ${served(access)} |`)
  await expect(`${HEAD}${rows.join('\n')}\n`).toMatchFileSnapshot('../../docs/http-api.md')
})
