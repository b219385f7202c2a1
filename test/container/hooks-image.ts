import type { ServerContainer } from './server-container.ts'
import { buildFrom, startServer } from './server-images.ts'

let built = 0

/** Builds an image on whaleware with these hooks, each a script in sh. */
export async function buildHooks(hooks: Record<string, string>, more = ''): Promise<string> {
  const files = Object.entries(hooks).map(
    ([name, script]) => [`ww/usr/${name}`, `#!/bin/sh\n${script}\n`] as const,
  )
  const dockerfile = `FROM ${process.env.WW_IMAGE ?? 'whaleware'}\nCOPY ww /ww\nRUN chmod +x /ww/usr/*\n${more}\n`
  built += 1
  return buildFrom(`whaleware-test-hooks-${built}`, { Dockerfile: dockerfile, ...Object.fromEntries(files) })
}

/** Starts a container with these hooks. */
export async function startHooks(
  hooks: Record<string, string>,
  cfg: object = {},
  ...options: string[]
): Promise<ServerContainer> {
  return startServer(await buildHooks(hooks), cfg, ...options)
}
