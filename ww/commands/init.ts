import { chmodSync, cpSync, existsSync, readdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { findHome } from '../base/home.ts'

export const usage = `
Usage: ww init DIR

Writes a commented skeleton of a new image to DIR, which must be empty or not be there yet: a Dockerfile,
hooks in DIR/ww/usr, defaults in DIR/ww/etc. It builds and boots as it is.

  ww init my-server
  docker build -t my-server my-server && docker run --rm my-server

Without a whaleware on this machine:

  docker run --rm -v "$PWD:/out" --entrypoint /ww/ww whaleware init /out/my-server
`

/** Writes the skeleton, and says what comes next. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [directory, ...more] = positionals
  if (!directory || more.length > 0) throw new UserError('ww init takes one DIR', exitCode.usage)
  copySkeleton(resolve(directory))
  const next = `docker build -t my-server ${directory} && docker run --rm my-server`
  process.stdout.write(`${directory} is ready: its README.md says what is what. To see it run:\n  ${next}\n`)
  return exitCode.ok
}

function copySkeleton(directory: string): void {
  try {
    if (existsSync(directory) && readdirSync(directory).length > 0) {
      throw new UserError(`cannot write to ${directory}: it is not empty`)
    }
    cpSync(`${findHome()}/usr-scripts/skeleton`, directory, { recursive: true })
    const hooks = `${directory}/ww/usr`
    for (const hook of readdirSync(hooks)) chmodSync(`${hooks}/${hook}`, 0o755)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    throw new UserError(`cannot write to ${directory}: ${error.message}`, exitCode.failed, { cause: error })
  }
}
