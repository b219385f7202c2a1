import { existsSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { execa } from 'execa'
import { type Target, targets } from './targets.ts'

/** Debian's name for the C compiler of a kind of machine. */
const compilers: Readonly<Record<string, string>> = {
  amd64: 'x86_64-linux-gnu-gcc',
  arm64: 'aarch64-linux-gnu-gcc',
}

/**
 * Compiles what neither runtime can do to an addon for Node-API, which both have. It names no library: what it needs is
 * what the runtime has loaded, whichever libc that is.
 */
export async function compileAddon(root: string, { debian }: Target, file: string): Promise<void> {
  const compiler = findCompiler(debian)
  mkdirSync(dirname(file), { recursive: true })
  const words = [
    ...['-std=c11', '-Os', '-Wall', '-Wextra', '-Werror', '-fvisibility=hidden', '-fno-stack-protector'],
    ...['-shared', '-fPIC', '-nostdlib', '-s', '-Wl,-z,noexecstack', '-Wl,-z,now', '-Wl,--build-id=none'],
    ...['-o', file, `${root}/ww/processes/notify-addon.c`],
  ]
  await execa(compiler, words, { stdio: ['ignore', 'ignore', 'inherit'] })
}

function findCompiler(debian: string): string {
  const name = compilers[debian] ?? ''
  const own = targets[`linux-${process.arch}`]?.debian === debian ? ['cc'] : []
  const directories = (process.env.PATH ?? '').split(':')
  const found = [name, ...own].find((compiler) =>
    directories.some((path) => existsSync(`${path}/${compiler}`)),
  )
  if (found !== undefined) return found
  const fix =
    own.length > 0
      ? 'apt-get install gcc'
      : `apt-get install ${name.replace(/^(.*)-gcc$/, 'gcc-$1').replace('_', '-')}`
  throw new Error(`cannot compile notify-addon.c for ${debian}: there is no ${name}; ${fix}`)
}
