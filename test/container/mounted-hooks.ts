import type { ServerContainer } from './server-container.ts'
import { base, makeFiles, runContainer } from './server-images.ts'

/** How a container with mounted hooks is started. */
export type Mounting = {
  /** The whaleware image, unless another one is named. */
  readonly image?: string
  readonly cfg?: object
  /** Further options of `docker run`. */
  readonly options?: readonly string[]
  /** What follows the image. */
  readonly command?: readonly string[]
  /** `docker create` does not start it. */
  readonly verb?: 'run' | 'create'
}

/** Node.js at /test/node, for the servers and programs of the tests: the image has none. */
const mountNode = ['-v', `${process.execPath}:/test/node:ro`]

/** A hook that ignores the signals of a stop, once it has printed that it does. */
export function ignoreSignals(name: string): string {
  return `trap '' TERM INT QUIT HUP; echo "${name} ignores SIGTERM"; exec sleep 1000`
}

/** Starts a container of a whaleware image with these hooks, scripts in sh, and with none of the image's own. */
export function startMounted(
  hooks: Readonly<Record<string, string>>,
  { image = base, cfg = {}, options = [], command = [], verb = 'run' }: Mounting = {},
): Promise<ServerContainer> {
  const config = ['-e', `CFG=${JSON.stringify(cfg)}`]
  // many containers run at a time, and each check of their health starts processes
  const args = [
    ...config,
    '--no-healthcheck',
    ...mountNode,
    ...mountHooks(hooks),
    ...options,
    image,
    ...command,
  ]
  return runContainer(args, verb)
}

/** The options of `docker run` that mount these hooks, scripts in sh, in place of the image's own. */
export function mountHooks(hooks: Readonly<Record<string, string>>): string[] {
  const scripts = Object.entries(hooks).map(
    ([name, script]) => [name, script.startsWith('#!') ? `${script}\n` : `#!/bin/sh\n${script}\n`] as const,
  )
  return ['-v', `${makeFiles(Object.fromEntries(scripts), 0o755)}:/ww/usr:ro`]
}
