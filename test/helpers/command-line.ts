import { spawn, spawnSync } from 'node:child_process'
import { resolve } from 'node:path'
import { builtTree } from './program.ts'

const ww = builtTree ? `${builtTree}/ww` : resolve(import.meta.dirname, '../../ww/sh/ww')

/** What a command printed, and its exit code. */
export type Typed = { status: number | null; stdout: string; stderr: string }

/** Runs `ww` as a user types it, with these variables alone. */
export function typeCommand(args: readonly string[], env: NodeJS.ProcessEnv = {}, input = ''): Typed {
  const { status, stdout, stderr } = spawnSync('sh', [ww, ...args], {
    env: { PATH: process.env.PATH, ...env },
    encoding: 'utf8',
    input,
  })
  return { status, stdout, stderr }
}

/** The same on a terminal. */
export function typeOnTerminal(args: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  return spawnSync('script', ['-qec', ['sh', ww, ...args].join(' '), '/dev/null'], {
    env: { PATH: process.env.PATH, TERM: 'xterm', ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  }).stdout.replaceAll('\r', '')
}

/** A command that goes on, with what it has printed so far. */
export function startCommand(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { printed(): string; end(): Promise<void> } {
  const child = spawn('sh', [ww, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  const closed = new Promise<void>((done) => child.once('close', () => done()))
  return {
    printed: () => stdout,
    end() {
      child.kill('SIGKILL')
      return closed
    },
  }
}
