import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { execa } from 'execa'

/**
 * The path of a package's runtime: as npm installed it, or, for another kind of machine, as the registry has it, checked
 * against the hash in package-lock.json and stored in `cache`.
 */
export async function fetchRuntime(root: string, name: string, cache: string): Promise<string> {
  const installed = `${root}/node_modules/${name}/bin/bun`
  if (existsSync(installed)) return installed
  const { version, integrity } = readLock(root, name)
  const directory = `${cache}/${name.replace('@oven/', '')}-${version}`
  const file = `${directory}/package/bin/bun`
  if (existsSync(file)) return file
  mkdirSync(cache, { recursive: true })
  const { stdout } = await execa('npm', ['pack', '--json', '--pack-destination', cache, `${name}@${version}`])
  const archive = `${cache}/${readFilename(stdout)}`
  const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`
  if (found !== integrity) {
    rmSync(archive)
    throw new Error(`cannot use ${name}@${version}: its hash is not the one in package-lock.json`)
  }
  // under its own name only when it is complete
  const unpacked = `${directory}.${process.pid}`
  mkdirSync(unpacked, { recursive: true })
  await execa('tar', ['-xzf', archive, '-C', unpacked])
  renameSync(unpacked, directory)
  rmSync(archive)
  return file
}

function readLock(root: string, name: string): { version: string; integrity: string } {
  const lock: unknown = JSON.parse(readFileSync(`${root}/package-lock.json`, 'utf8'))
  const entry = fieldOf(fieldOf(lock, 'packages'), `node_modules/${name}`)
  const [version, integrity] = [fieldOf(entry, 'version'), fieldOf(entry, 'integrity')]
  if (typeof version !== 'string' || typeof integrity !== 'string')
    throw new Error(`cannot find ${name} in package-lock.json`)
  return { version, integrity }
}

function readFilename(output: string): string {
  const [packed]: unknown[] = JSON.parse(output)
  const filename = fieldOf(packed, 'filename')
  if (typeof filename !== 'string') throw new Error(`cannot read what npm pack printed: ${output}`)
  return filename
}

function fieldOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined
}
