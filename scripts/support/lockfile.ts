/** The part of package-lock.json that matters here. */
export interface Lockfile {
  packages: Record<string, LockedPackage>
}

interface LockedPackage {
  readonly version?: string
  readonly os?: readonly string[]
  readonly cpu?: readonly string[]
  readonly libc?: readonly string[]
  readonly optional?: true
  readonly license?: string
  readonly dev?: boolean
  readonly optionalDependencies?: Readonly<Record<string, string>>
}

/**
 * Optional packages that a lock file does not name. npm leaves out those that the registry at hand does not have, such as
 * a linter's builds for other systems, and then `npm ci` refuses the file because it is not whole.
 */
export function unnamedOptionals({
  packages,
}: Lockfile): readonly { readonly by: string; readonly name: string; readonly version: string }[] {
  return Object.entries(packages).flatMap(([by, { optionalDependencies = {} }]) =>
    Object.entries(optionalDependencies)
      .filter(([name]) => packages[`${by}/node_modules/${name}`] === undefined && packages[`node_modules/${name}`] === undefined)
      .map(([name, version]) => ({ by, name, version })),
  )
}

/** The lock file with an entry for each of these, for the system that its name tells, so that npm skips it elsewhere. */
export function completed(lockfile: Lockfile): Lockfile {
  const packages: Record<string, LockedPackage> = { ...lockfile.packages }
  for (const { by, name, version } of unnamedOptionals(lockfile)) {
    const [os = '', cpu = '', abi = ''] = (name.split('/')[1] ?? name).replace(/^binding-/, '').split('-')
    const { dev, license } = lockfile.packages[by] ?? {}
    packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      os: [os],
      ...(os === 'linux' ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {}),
      ...(dev === true ? { dev } : {}),
      ...(license === undefined ? {} : { license }),
      optional: true,
    }
  }
  const sorted = Object.entries(packages).toSorted(([left], [right]) => left.localeCompare(right, 'en'))
  return { ...lockfile, packages: Object.fromEntries(sorted) }
}
