import { chmodSync, cpSync, existsSync, readdirSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { findHome } from '../base/home.ts'
import { nearest } from '../base/nearest.ts'
import { describeFileError } from '../config/file-error.ts'
import { quote } from '../config/render-lookup.ts'

/** The skeletons of real servers, each a directory in usr-scripts/like. */
const likes: Readonly<Record<string, string>> = {
  postgres: 'a database, and a metrics sidecar that restarts alone',
  'nginx-php': 'two services in order: nginx starts when php-fpm accepts connections',
  redis: 'one service, ready when its port is',
  notify: 'a service that reports its state and its watchdog by sd_notify',
}

export const usage = `
Usage: ww init [--like NAME] DIR

Writes a commented skeleton of a new image to DIR, which must be empty or absent: a Dockerfile, hooks in
DIR/ww/usr, defaults in DIR/ww/etc. It builds and boots as it is.

  --like NAME   the skeleton of a real server, with few hooks, instead of the one with all hooks:
${Object.entries(likes)
  .map(([name, text]) => `                  ${name.padEnd(11)}${text}`)
  .join('\n')}

Examples:
  ww init my-server
  docker build -t my-server my-server && docker run --rm my-server
  ww init --like postgres my-postgres

On a machine without whaleware:

  docker run --rm -v "$PWD:/out" --entrypoint /ww/ww whaleware init /out/my-server
`

/** Writes the skeleton, and prints how to build it. */
export async function run(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    options: { like: { type: 'string' } },
    allowPositionals: true,
  })
  const [directory, ...more] = positionals
  const { like } = values
  if (like !== undefined && !Object.hasOwn(likes, like))
    throw new UserError(describeUnknown(like), exitCode.usage)
  if (!directory || more.length > 0) throw new UserError('takes one DIR; see ww init --help', exitCode.usage)
  copySkeleton(like === undefined ? 'skeleton' : `like/${like}`, directory)
  process.stdout.write(`created ${directory}: README.md explains the files\n`)
  process.stderr.write(`${describeNext(directory, `my-${like ?? 'server'}`)}\n`)
  return exitCode.ok
}

function describeUnknown(like: string): string {
  const names = Object.keys(likes)
  // `nginx` is far from `nginx-php`, and yet meant
  const meant = nearest(like, names) ?? names.find((name) => name.split('-').includes(like))
  return `no skeleton "${like}"; ${meant === undefined ? '' : `did you mean ${meant}? `}ww init --help lists them`
}

/** A path in a container is not one of the host: what is mounted is relative to there, anything else is copied. */
function describeNext(directory: string, image: string): string {
  const build = (path: string): string =>
    `docker build -t ${image} ${quoteWord(path)} && docker run --rm ${image}`
  if (!['/.dockerenv', '/run/.containerenv'].some((mark) => existsSync(mark)))
    return `next: ${build(directory)}`
  const path = resolve(directory)
  const mount = findMount(path)
  if (mount !== '/')
    return `next, on the host, in the directory mounted at ${mount}: ${build(relative(mount, path) || '.')}`
  return `next, on the host: docker cp ${hostname()}:${quoteWord(path)} ${image} && ${build(image)}`
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

function copySkeleton(skeleton: string, directory: string): void {
  const target = resolve(directory)
  try {
    if (existsSync(target) && readdirSync(target).length > 0) {
      throw new UserError(`cannot write to ${directory}: it is not empty; name another directory`)
    }
    const home = findHome()
    if (home === null)
      throw new UserError('cannot find the skeleton: it is not beside the program; install all of /ww')
    cpSync(`${home}/usr-scripts/${skeleton}`, target, { recursive: true })
    const hooks = `${target}/ww/usr`
    for (const hook of readdirSync(hooks)) chmodSync(`${hooks}/${hook}`, 0o755)
  } catch (error) {
    if (!(error instanceof Error && 'code' in error)) throw error
    const reason = describeFileError(error)
    throw new UserError(`cannot write to ${directory}: ${reason}`, exitCode.failed, { cause: error })
  }
}
