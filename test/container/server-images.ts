import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { execa } from 'execa'
import { until } from '../helpers/until.ts'

const folder = resolve(import.meta.dirname, '../../docker')
const base = process.env.WW_IMAGE ?? 'whaleware'
const opened: { containers: string[]; volumes: string[]; directories: string[] } = {
  containers: [],
  volumes: [],
  directories: [],
}

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
export function makeFiles(files: Record<string, string>): string {
  const directory = mkdtempSync(join(tmpdir(), 'ww-container-'))
  opened.directories.push(directory)
  // servers read it as users of their own
  chmodSync(directory, 0o755)
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  return directory
}

/** Makes a volume that is removed with the containers. */
export async function makeVolume(): Promise<string> {
  const volume = await docker('volume', 'create')
  opened.volumes.push(volume)
  return volume
}

/** A running container of a server image. */
export class ServerContainer {
  readonly id: string

  constructor(id: string) {
    this.id = id
  }

  /** Runs a line of sh in the container; rejects when it fails. */
  sh(line: string, ...options: string[]): Promise<string> {
    return docker('exec', ...options, this.id, 'sh', '-c', line)
  }

  /** Waits until the instance is UP. */
  async isUp(): Promise<this> {
    await until(
      async () =>
        (await execa('docker', ['exec', this.id, 'ww', 'health'], { reject: false })).exitCode === 0,
      `${this.id} is UP: see docker logs`,
      60_000,
    )
    return this
  }

  /** What the container has printed, both streams as one. */
  async logs(): Promise<string> {
    const { all } = await execa('docker', ['logs', this.id], { all: true })
    return all
  }

  /** A field of `docker inspect`, as `.State.ExitCode`. */
  inspect(field: string): Promise<string> {
    return docker('inspect', '-f', `{{${field}}}`, this.id)
  }

  /** Stops it as `docker stop` does and resolves with its exit code. */
  async stop(): Promise<string> {
    await docker('stop', this.id)
    return this.inspect('.State.ExitCode')
  }

  /** Waits for its end and resolves with its exit code. */
  async exitCode(): Promise<number> {
    return Number(await docker('wait', this.id))
  }

  async remove(): Promise<void> {
    await docker('rm', '-f', this.id)
  }
}

/** Starts a container with a configuration and further options of `docker run`. */
export async function startServer(
  image: string,
  cfg: object,
  ...options: string[]
): Promise<ServerContainer> {
  const id = await docker('run', '-d', '-e', `CFG=${JSON.stringify(cfg)}`, ...options, image)
  opened.containers.push(id)
  return new ServerContainer(id)
}

/** Removes every container, volume and directory that a test has left. */
export async function removeServers(): Promise<void> {
  const containers = opened.containers.splice(0)
  if (containers.length > 0) await execa('docker', ['rm', '-fv', ...containers], { reject: false })
  for (const volume of opened.volumes.splice(0)) await docker('volume', 'rm', volume)
  for (const directory of opened.directories.splice(0)) rmSync(directory, { recursive: true, force: true })
}
