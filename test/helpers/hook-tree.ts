import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { HookEnvironment } from '../../ww/hooks/environment.ts'
import { Pipes } from '../../ww/hooks/pipes.ts'
import type { HookRunner } from '../../ww/hooks/run.ts'
import { findProcess } from '../../ww/processes/list.ts'
import type { Session } from '../../ww/processes/session.ts'
import { until } from './until.ts'

/** The hooks that are named by their misbehaviour. */
export const fixtures = resolve(import.meta.dirname, '../fixtures/hooks')

/** Runs the hooks of the fixtures; each of their processes writes its pid to a file. */
export class HookTree {
  readonly directory = mkdtempSync(join(tmpdir(), 'ww-hooks-'))
  readonly pidFile = join(this.directory, 'pids')
  readonly sessions = new Map<number, boolean>()
  readonly pipes: Pipes
  readonly runner: HookRunner

  constructor(hooks = fixtures, pipeDirectories = [this.directory]) {
    this.pipes = new Pipes(pipeDirectories)
    const directories = { home: '/ww', hooks, data: '/data', backup: '/backup', run: this.directory }
    const settings = { app: 'app', instance: 'one', version: '1.0.0' }
    const environment = new HookEnvironment(
      { ...process.env, PIDS: this.pidFile },
      directories,
      settings,
      'boot-1',
    )
    this.runner = {
      hooks,
      pipes: this.pipes,
      environment: (call) => environment.forCall(call),
      onSession: (session: Session, running) => this.sessions.set(session.pid, running),
    }
  }

  /** The processes that hooks have noted, in order. */
  get pids(): number[] {
    return existsSync(this.pidFile) ? readFileSync(this.pidFile, 'utf8').trim().split('\n').map(Number) : []
  }

  /** Resolves once so many processes have noted themselves. */
  async started(count = 1): Promise<void> {
    await until(() => this.pids.length >= count, `${count} processes of hooks`, 60_000)
  }

  /** Those that are still alive. */
  get alive(): number[] {
    return this.pids.filter((pid) => findProcess(pid) !== null)
  }

  remove(): void {
    for (const pid of this.alive) process.kill(pid, 'SIGKILL')
    rmSync(this.directory, { recursive: true, force: true })
  }
}
