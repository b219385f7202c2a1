import { execa } from 'execa'
import { until } from '../helpers/until.ts'

/** How a command in a container ended. */
export type Ended = { readonly code: number; readonly stdout: string; readonly stderr: string }

/** A container of a whaleware image. */
export class ServerContainer {
  readonly id: string

  constructor(id: string) {
    this.id = id
  }

  /** Runs a line of sh in the container; rejects when it fails. */
  async sh(line: string, ...options: string[]): Promise<string> {
    const { stdout } = await execa('docker', ['exec', ...options, this.id, 'sh', '-c', line])
    return stdout
  }

  /** Runs a line of sh in the container and resolves with how it ended. */
  async try(line: string, ...options: string[]): Promise<Ended> {
    const args = ['exec', ...options, this.id, 'sh', '-c', line]
    const { exitCode = -1, stdout, stderr } = await execa('docker', args, { reject: false })
    return { code: exitCode, stdout, stderr }
  }

  /** Waits until the instance is UP. */
  async isUp(): Promise<this> {
    const health = async (): Promise<boolean> => (await this.try('ww health')).code === 0
    try {
      await until(health, 'it is UP', 60_000)
    } catch (error) {
      throw new Error(`the container is not UP, and has printed:\n${await this.logs()}`, { cause: error })
    }
    return this
  }

  /** What the container has printed, both streams in the order in which Docker received them. */
  async logs(): Promise<string> {
    const { all } = await execa('docker', ['logs', '--timestamps', this.id], { all: true })
    // docker logs itself prints two streams, and whoever reads them loses the order between them
    const lines = all.split('\n').filter((line) => line !== '')
    return lines
      .sort((one, other) => stampOf(one).localeCompare(stampOf(other)))
      .map((line) => `${line.slice(stampOf(line).length + 1)}\n`)
      .join('')
  }

  /** Waits until the container has printed something, and resolves with all that it has printed until then. */
  async printed(what: RegExp, limit = 60_000): Promise<string> {
    const following = execa('docker', ['logs', '--follow', this.id], {
      all: true,
      buffer: false,
      reject: false,
      timeout: limit,
    })
    let text = ''
    for await (const line of following.iterable({ from: 'all' })) {
      text += `${line}\n`
      if (!what.test(text)) continue
      following.kill()
      return text
    }
    throw new Error(`the container has not printed ${what}, but:\n${text}`)
  }

  /** A field of `docker inspect`, as `.State.ExitCode`. */
  async inspect(field: string): Promise<string> {
    const { stdout } = await execa('docker', ['inspect', '-f', `{{${field}}}`, this.id])
    return stdout
  }

  /** Sends a signal to it, SIGKILL unless another one is named; it need not run any more. */
  async kill(signal = 'KILL'): Promise<void> {
    await execa('docker', ['kill', '-s', signal, this.id], { reject: false })
  }

  /** Starts it, after it has ended. */
  async start(): Promise<this> {
    await execa('docker', ['start', this.id])
    return this
  }

  /** Stops it as `docker stop` does and resolves with its exit code. */
  async stop(): Promise<string> {
    await execa('docker', ['stop', '-t', '10', this.id])
    return this.inspect('.State.ExitCode')
  }

  /** Waits for its end and resolves with its exit code. */
  async exitCode(): Promise<number> {
    const { stdout } = await execa('docker', ['wait', this.id])
    return Number(stdout)
  }

  async remove(): Promise<void> {
    await execa('docker', ['rm', '-f', this.id])
  }
}

/** The time at the start of a line of `docker logs --timestamps`: it has a fixed width. */
function stampOf(line: string): string {
  return line.slice(0, line.indexOf(' '))
}
