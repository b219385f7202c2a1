import {
  chmodSync,
  copyFileSync,
  existsSync,
  globSync,
  mkdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename } from 'node:path'
import { execa } from 'execa'
import type { Target } from './targets.ts'

/** The libraries that runtimes need, as Debian's packages have them. */
const libraries: Readonly<Record<string, readonly string[]>> = {
  libc6: ['libc.so.6', 'libm.so.6', 'libpthread.so.0', 'libdl.so.2'],
  'libstdc++6': ['libstdc++.so.6'],
  'libgcc-s1': ['libgcc_s.so.1'],
}

/**
 * Puts tini into the tree, and the loader and libraries, so that it runs in an image that has none of them, or another
 * libc. They come from Debian's packages for the target, which are unpacked, not installed: it takes no root.
 */
export async function addPackages(
  tree: string,
  { debian, libraries: found }: Target,
  more: readonly (keyof typeof libraries)[],
  cache: string,
): Promise<void> {
  const unpacked = `${cache}/debian-${debian}`
  await unpack('tini', debian, unpacked)
  addProgram(`${unpacked}/usr/bin/tini-static`, `${tree}/tini`)
  if (!found) return
  mkdirSync(`${tree}/lib`, { recursive: true })
  const directories = [`${unpacked}/lib/${found.directory}`, `${unpacked}/usr/lib/${found.directory}`]
  for (const name of ['libc6', ...more]) {
    await unpack(name, debian, unpacked)
    for (const file of libraries[name] ?? []) copyFileSync(find(file, directories), `${tree}/lib/${file}`)
  }
  addProgram(find(found.loader, directories), `${tree}/lib/ld.so`)
}

function find(name: string, directories: readonly string[]): string {
  const path = directories
    .map((directory) => `${directory}/${name}`)
    .find((candidate) => existsSync(candidate))
  if (!path)
    throw new Error(`cannot find ${name} in Debian's packages: it is in none of ${directories.join(', ')}`)
  return realpathSync(path)
}

async function unpack(name: string, machine: string, directory: string): Promise<void> {
  if (existsSync(`${directory}/.${name}`)) return
  const archives = `${directory}/archives`
  mkdirSync(archives, { recursive: true })
  await download(`${name}:${machine}`, machine, archives)
  for (const archive of globSync(`${archives}/${name}_*.deb`)) {
    await execa('dpkg-deb', ['-x', archive, directory])
    writeFileSync(`${directory}/.${name}`, `${basename(archive)}\n`)
  }
  rmSync(archives, { recursive: true })
}

/** apt with lists of its own, since the machine's may be empty, root's, or without the other kind of machine. */
async function download(name: string, machine: string, directory: string): Promise<void> {
  if (!existsSync('/usr/bin/apt-get'))
    throw new Error(
      `the build gets ${name} from Debian's packages, so it needs apt-get: build it on Debian or Ubuntu`,
    )
  const state = `${directory}/../apt`
  for (const path of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(`${state}/${path}`, { recursive: true })
  writeFileSync(`${state}/status`, '')
  const settings = [
    `Dir::State "${state}/state";`,
    `Dir::State::status "${state}/status";`,
    `Dir::Cache "${state}/cache";`,
    `APT::Architecture "${machine}";`,
    `APT::Architectures { "${machine}"; };`,
    'APT::Sandbox::User "";',
    'Acquire::Languages "none";',
  ]
  writeFileSync(`${state}/apt.conf`, `${settings.join('\n')}\n`)
  const env = { APT_CONFIG: `${state}/apt.conf` }
  if (!existsSync(`${state}/updated`)) {
    await execa('apt-get', ['update', '-qq'], { env, stdio: ['ignore', 'inherit', 'inherit'] })
    writeFileSync(`${state}/updated`, '')
  }
  await execa('apt-get', ['download', '-qq', name], {
    env,
    cwd: directory,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

function addProgram(source: string, place: string): void {
  copyFileSync(realpathSync(source), place)
  chmodSync(place, 0o755)
}
