/** The demo may not begin here: `real_data`: the folder holds data that are not the demo's; `bad_site`: its site cannot be read. */
export type DemoRefusalCode = 'real_data' | 'bad_site'

/** Why the server does not start with the demo; the operator reads the message, and starting again would not help. */
export class DemoRefusal extends Error {
  readonly code: DemoRefusalCode

  constructor(code: DemoRefusalCode, message: string) {
    super(message)
    this.name = 'DemoRefusal'
    this.code = code
  }
}
