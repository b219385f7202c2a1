/** What a tree is built for. */
export type Target = {
  /** The package of the registry with the runtime for it, at the version of the package `bun`. */
  readonly runtime: string
  /** Bun's name for it. */
  readonly bun: string
  /** Debian's name for the machine. */
  readonly debian: string
  /** Debian's directory of libraries for the machine, and the name of its loader; null where the image has to have them. */
  readonly libraries: { readonly directory: string; readonly loader: string } | null
}

const x64 = { directory: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' }
const arm64 = { directory: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' }

/** Every target by its name; the runtime for x64 selects at start what the CPU has, so that one is enough for all. */
export const targets: Readonly<Record<string, Target>> = {
  'linux-x64': { runtime: '@oven/bun-linux-x64', bun: 'bun-linux-x64', debian: 'amd64', libraries: x64 },
  'linux-arm64': {
    runtime: '@oven/bun-linux-aarch64',
    bun: 'bun-linux-arm64',
    debian: 'arm64',
    libraries: arm64,
  },
  'linux-x64-musl': {
    runtime: '@oven/bun-linux-x64-musl',
    bun: 'bun-linux-x64-musl',
    debian: 'amd64',
    libraries: null,
  },
  'linux-arm64-musl': {
    runtime: '@oven/bun-linux-aarch64-musl',
    bun: 'bun-linux-arm64-musl',
    debian: 'arm64',
    libraries: null,
  },
}

/** The target of this machine. */
export const here = `linux-${process.arch}`
