import { chmodSync, copyFileSync, existsSync, mkdirSync, realpathSync } from 'node:fs'
import { basename } from 'node:path'
import { execa } from 'execa'

/** Debian's packages of what the tree is made with, and a file that tells whether each is there. */
const tools: Readonly<Record<string, string>> = {
  tini: '/usr/bin/tini-static',
  patchelf: '/usr/bin/patchelf',
  binutils: '/usr/bin/strip',
}

/** Where the tree lies in an image; the runtime finds its libraries there. */
const installed = '/ww'

/** Installs with apt what the build needs and the machine lacks. */
export async function installTools(): Promise<void> {
  const missing = Object.entries(tools).flatMap(([name, file]) => (existsSync(file) ? [] : [name]))
  if (missing.length === 0) return
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) {
    throw new Error(
      `the build needs Debian's packages ${missing.join(', ')}: apt-get install ${missing.join(' ')}`,
    )
  }
  await execa('apt-get', ['update', '-qq'], { stdio: 'inherit' })
  await execa('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    stdio: 'inherit',
  })
}

/**
 * Puts the runtime into the tree with the libraries and the loader that it needs, so that it runs in an image that
 * has none of them, or another libc; and tini beside it.
 */
export async function addRuntime(tree: string): Promise<void> {
  const node = `${tree}/node`
  copyFileSync(realpathSync(process.execPath), node)
  chmodSync(node, 0o755)
  await execa('strip', [node])
  mkdirSync(`${tree}/lib`, { recursive: true })
  const { stdout } = await execa('ldd', [node])
  const libraries = [...stdout.matchAll(/(?:=> )?(\/\S+) \(0x/g)].flatMap(([, path]) => (path ? [path] : []))
  for (const library of libraries) copyFileSync(realpathSync(library), `${tree}/lib/${basename(library)}`)
  const loader = libraries.map((path) => basename(path)).find((name) => name.startsWith('ld-linux'))
  if (!loader)
    throw new Error(`cannot find the loader among the libraries of ${node}: ${libraries.join(', ')}`)
  chmodSync(`${tree}/lib/${loader}`, 0o755)
  await execa('patchelf', [
    '--set-interpreter',
    `${installed}/lib/${loader}`,
    '--set-rpath',
    `${installed}/lib`,
    '--force-rpath',
    node,
  ])
  copyFileSync('/usr/bin/tini-static', `${tree}/tini`)
  chmodSync(`${tree}/tini`, 0o755)
}
