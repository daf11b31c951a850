import { OPTIONS, type OptionSpec } from './options.ts'

const entries = (): readonly (readonly [string, OptionSpec])[] => Object.entries(OPTIONS)

/** The text of `.env.example`: every option, commented out, with its default. */
export function environmentExample(): string {
  const blocks = entries().map(([name, spec]) => `# ${spec.sentence}\n# ${name}=${spec.default ?? ''}\n`)
  return `# Made by \`node scripts/document-config.ts\`. Copy to .env and take the # off what you change.\n\n${blocks.join('\n')}`
}

/** The text of docs/configuration.md. */
export function configurationPage(): string {
  const rows = entries().map(([name, spec]) => {
    const value = spec.default === null ? 'none' : spec.default === '' ? 'empty' : `\`${spec.default}\``
    return `| \`${name}\`${spec.secret ? ' (secret)' : ''} | ${typeOf(spec)} | ${value} | ${spec.sentence} |`
  })
  return `# Configuration

<!-- Made by \`node scripts/document-config.ts\` from server/config/options.ts; a test fails when it is stale. -->

Options come from the environment, or from a file \`.env\` beside package.json. An empty value counts as absent. A wrong one stops
the start and is named. Secrets never appear in a log or an answer; \`NAME_FILE\` gives a file to read one from instead, for each
option marked as secret.

| option | type | default | meaning |
|---|---|---|---|
${rows.join('\n')}
`
}

function typeOf(spec: OptionSpec): string {
  if (spec.kind === 'number') return `number, ${spec.min} to ${spec.max}`
  if (spec.kind === 'choice') return (spec.values ?? []).map((value) => `\`${value}\``).join(', ')
  if (spec.kind === 'cidrs') return 'networks with commas'
  if (spec.kind === 'hosts') return 'hosts with commas'
  return spec.kind
}
