import { writeFileSync } from 'node:fs'

import { configurationPage, environmentExample } from '../server/config/document-config.ts'

/** Writes `.env.example` and docs/configuration.md from the declared options. */
writeFileSync(new URL('../.env.example', import.meta.url), environmentExample())
writeFileSync(new URL('../docs/configuration.md', import.meta.url), configurationPage())
