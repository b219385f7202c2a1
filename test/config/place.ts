import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { isConfigurationError } from '../../ww/config/configuration-error.ts'

/** A directory for a test, with files in it. */
export class Place {
  readonly root = mkdtempSync(join(tmpdir(), 'ww-config-'))

  at(name: string): string {
    return join(this.root, name)
  }

  /** Writes a file, as it is or as JSON; returns its path. */
  write(name: string, content: unknown): string {
    mkdirSync(dirname(this.at(name)), { recursive: true })
    writeFileSync(this.at(name), typeof content === 'string' ? content : JSON.stringify(content))
    return this.at(name)
  }

  remove(): void {
    rmSync(this.root, { recursive: true })
  }
}

/** The lines of the ConfigurationError that something rejects with, with exit code 78. */
export async function refusal(promise: Promise<unknown>): Promise<string[]> {
  const error = await promise.then(
    () => null,
    (reason: unknown) => reason,
  )
  if (!isConfigurationError(error)) throw new Error(`expected a ConfigurationError, not ${error}`)
  if (error.exitCode !== 78) throw new Error(`expected exit code 78, not ${error.exitCode}`)
  return error.message.split('\n')
}
