import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { ServerContainer } from './server-container.ts'

const folder = resolve(import.meta.dirname, '../../docker')
const opened: { containers: string[]; volumes: string[]; directories: string[] } = {
  containers: [],
  volumes: [],
  directories: [],
}

/** The whaleware image that is tested. */
export const base = process.env.WW_IMAGE ?? 'whaleware'

/** Runs a docker command; resolves with its standard output, rejects when it fails. */
export async function docker(...args: string[]): Promise<string> {
  const { stdout } = await execa('docker', args)
  return stdout
}

/** Builds the image of a folder in `docker/` on the whaleware image; resolves with its name. */
export async function buildServer(name: 'postgres' | 'nginx' | 'supervisor'): Promise<string> {
  const image = `whaleware-test-${name}`
  await docker('build', '-q', '-t', image, '--build-arg', `BASE=${base}`, join(folder, name))
  return image
}

/** Builds an image from files, the Dockerfile among them; resolves with its name. */
export async function buildFrom(image: string, files: Record<string, string>): Promise<string> {
  await docker('build', '-q', '-t', image, makeFiles(files))
  return image
}

/** Writes files into a directory of their own, which is removed with the containers; resolves with its path. */
export function makeFiles(files: Record<string, string>, mode = 0o644): string {
  const directory = mkdtempSync(join(tmpdir(), 'ww-container-'))
  opened.directories.push(directory)
  // servers read it as users of their own
  chmodSync(directory, 0o755)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text, { mode })
  }
  return directory
}

/** Makes a volume that is removed with the containers. */
export async function makeVolume(): Promise<string> {
  const volume = await docker('volume', 'create')
  opened.volumes.push(volume)
  return volume
}

/** Makes a container from the arguments of `docker run`, or of `docker create`, which does not start it. */
export async function runContainer(
  args: readonly string[],
  verb: 'run' | 'create' = 'run',
): Promise<ServerContainer> {
  const id = await docker(verb, ...(verb === 'run' ? ['-d'] : []), ...args)
  opened.containers.push(id)
  return new ServerContainer(id)
}

/** Starts a container with a configuration and further options of `docker run`. */
export function startServer(image: string, cfg: object, ...options: string[]): Promise<ServerContainer> {
  return runContainer(['-e', `CFG=${JSON.stringify(cfg)}`, ...options, image])
}

/** Removes every container, volume and directory that a test has left. */
export async function removeServers(): Promise<void> {
  const containers = opened.containers.splice(0)
  if (containers.length > 0) await execa('docker', ['rm', '-fv', ...containers], { reject: false })
  for (const volume of opened.volumes.splice(0)) await docker('volume', 'rm', volume)
  for (const directory of opened.directories.splice(0)) rmSync(directory, { recursive: true, force: true })
}
