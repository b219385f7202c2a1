import { copyFileSync, globSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { execa } from 'execa'
import { fetchRuntime } from './fetch-runtime.ts'
import { here, type Target, targets } from './targets.ts'

/**
 * Compiles the program into one executable. What is imported dynamically becomes a chunk that is loaded when it is
 * needed, and what runs in a thread of its own (files whose names end in `-thread.ts`) an entry point. Bytecode makes it
 * start in half the time. It contains its source map, which is loaded only for the stack trace of a bug.
 */
export async function compileProgram(
  root: string,
  { runtime, bun }: Target,
  program: string,
  cache: string,
): Promise<void> {
  const compiler = await fetchRuntime(root, (targets[here] ?? { runtime }).runtime, cache)
  const main = `${root}/ww/main.ts`
  const directory = `${cache}/compiled-${process.pid}`
  const words = [
    ...['build', main, ...globSync(`${dirname(main)}/**/*-thread.ts`)],
    ...['--compile', `--target=${bun}`, `--outfile=${directory}/program`],
    `--compile-executable-path=${await fetchRuntime(root, runtime, cache)}`,
    '--entry-naming=[name].[ext]',
    ...['--format=esm', '--splitting', '--minify', '--keep-names', '--bytecode', '--sourcemap=external'],
    // otherwise files in the app's directory are read, and executed, by the init
    ...['dotenv', 'bunfig', 'tsconfig', 'package-json'].map((name) => `--no-compile-autoload-${name}`),
  ]
  await execa(compiler, words, { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  copyFileSync(`${directory}/program`, program)
  rmSync(directory, { recursive: true })
}
