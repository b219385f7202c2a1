import { chmodSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { findHome } from '../base/home.ts'
import { describeFileError } from '../config/file-error.ts'
import { quote } from '../config/render-lookup.ts'

export const usage = `
Usage: ww init DIR

Writes a commented skeleton of a new image to DIR, which must be empty or absent: a Dockerfile, hooks in
DIR/ww/usr, defaults in DIR/ww/etc. It builds and boots as it is.

Examples:
  ww init my-server
  docker build -t my-server my-server && docker run --rm my-server

On a machine without whaleware:

  docker run --rm -v "$PWD:/out" --entrypoint /ww/ww whaleware init /out/my-server
`

/** Writes the skeleton, and prints how to build it. */
export async function run(args: string[]): Promise<number> {
  const { positionals } = parseArgs({ args, allowPositionals: true })
  const [directory, ...more] = positionals
  if (!directory || more.length > 0) throw new UserError('takes one DIR; see ww init --help', exitCode.usage)
  copySkeleton(directory)
  process.stdout.write(`created ${directory}: README.md explains the files\n`)
  process.stderr.write(`${describeNext(directory)}\n`)
  return exitCode.ok
}

/** A path in a container is not one of the host: what is mounted is relative to there, anything else is copied. */
function describeNext(directory: string): string {
  const build = (path: string): string =>
    `docker build -t my-server ${quoteWord(path)} && docker run --rm my-server`
  if (!['/.dockerenv', '/run/.containerenv'].some((mark) => existsSync(mark)))
    return `next: ${build(directory)}`
  const path = resolve(directory)
  const mount = findMount(path)
  if (mount !== '/')
    return `next, on the host, in the directory mounted at ${mount}: ${build(relative(mount, path) || '.')}`
  return `next, on the host: docker cp ${hostname()}:${quoteWord(path)} my-server && ${build('my-server')}`
}

function quoteWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : quote(path)
}

/** The mount point that a path is below. */
function findMount(path: string): string {
  const points = readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((point) => point !== '' && (path === point || path.startsWith(`${point.replace(/\/$/, '')}/`)))
  return points.reduce((longest, point) => (point.length > longest.length ? point : longest), '/')
}

function copySkeleton(directory: string): void {
  const target = resolve(directory)
  try {
    if (existsSync(target) && readdirSync(target).length > 0) {
      throw new UserError(`cannot write to ${directory}: it is not empty; name another directory`)
    }
    const home = findHome()
    if (home === null)
      throw new UserError('cannot find the skeleton: it is not beside the program; install all of /ww')
    cpSync(`${home}/usr-scripts/skeleton`, target, { recursive: true })
    const hooks = `${target}/ww/usr`
    for (const hook of readdirSync(hooks)) chmodSync(`${hooks}/${hook}`, 0o755)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const reason = describeFileError(error)
    throw new UserError(`cannot write to ${directory}: ${reason}`, exitCode.failed, { cause: error })
  }
}
