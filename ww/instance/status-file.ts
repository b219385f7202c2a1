import { mkdirSync, rmSync } from 'node:fs'
import { codeOf, replaceFile } from '../base/files.ts'
import type { Announcement, MonitorReport, Visible } from '../lifecycle/world.ts'
import { identifyProcess } from './process-identity.ts'
import type { InstanceStatus } from './status.ts'
import { renderStatusFile } from './status-text.ts'

/** Where the status is in the run directory. */
export function statusPath(run: string): string {
  return `${run}/status`
}

/** Removes what an earlier boot left, so that it is never taken for the state of this one. */
export function claimStatus(run: string): void {
  try {
    rmSync(statusPath(run), { force: true })
  } catch {
    // a directory that cannot be written is reported by whoever writes there next
  }
}

/** The status of this instance, in memory for the probes and in a file for sh and other processes. */
export class StatusFile {
  readonly #run: string
  readonly #warn: (line: string) => void
  readonly #identity = identifyProcess(process.pid)
  #status: InstanceStatus
  #writePending = false
  #failed = false
  #cleared = false

  constructor(
    run: string,
    identity: Pick<InstanceStatus, 'app' | 'instance' | 'version' | 'bootId'>,
    warn: (line: string) => void,
  ) {
    this.#run = run
    this.#warn = warn
    const now = Date.now()
    this.#status = {
      ...identity,
      pid: process.pid,
      bootedAt: now,
      crash: null,
      state: 'BOOT',
      ready: false,
      since: now,
      previous: null,
      reason: 'started',
      attempt: 0,
      restarts: 0,
      monitor: null,
      services: [],
      schedules: [],
      doing: null,
      failures: [],
    }
    claimStatus(run)
  }

  get status(): InstanceStatus {
    return this.#status
  }

  /** Shows what the instance is doing; that it is no longer ready is in the file when this returns. */
  publish({ state, ready, reason, since }: Visible): void {
    const wasReady = this.#status.ready
    this.#status = { ...this.#status, state, ready, reason, since: Math.round(since) }
    if (wasReady && !ready) this.#write()
    else this.#writeSoon()
  }

  /** Shows what an announcement adds to the visible state. */
  announced({ state, previous, attempt, crash }: Announcement): void {
    this.#status = {
      ...this.#status,
      previous,
      attempt,
      restarts: this.#status.restarts + (state === 'RESTARTING' ? 1 : 0),
      crash: crash ?? this.#status.crash,
    }
    this.#writeSoon()
  }

  /** Shows the monitor's result. */
  publishMonitor({ ok, output, nextAt }: MonitorReport): void {
    this.#status = { ...this.#status, monitor: { ok, output, at: Date.now(), nextAt: Math.round(nextAt) } }
    this.#writeSoon()
  }

  /** Shows the services, the schedules, or what takes long and what went wrong. */
  show(more: Partial<Pick<InstanceStatus, 'services' | 'schedules' | 'doing' | 'failures'>>): void {
    this.#status = { ...this.#status, ...more }
    this.#writeSoon()
  }

  /** Writes what has not been written yet. */
  flush(): void {
    if (this.#writePending) this.#write()
  }

  /** What is published and announced in the same turn is one write, while the hook that was started then runs. */
  #writeSoon(): void {
    if (this.#writePending) return
    this.#writePending = true
    setImmediate(() => this.flush())
  }

  #write(): void {
    this.#writePending = false
    const reason = this.#replace()
    if (reason !== null && !this.#failed) {
      this.#warn(`cannot write ${statusPath(this.#run)}: ${reason}; ww status shows an old state, or none`)
    }
    // a success in the room that the old status had says nothing of the next one
    this.#failed = reason !== null || this.#cleared
    this.#cleared = reason !== null && !this.#status.ready
    // an old status would still call this instance ready
    if (this.#cleared) claimStatus(this.#run)
  }

  /** Writes the file, in a new directory when a cleaner has removed the old one; returns why it cannot. */
  #replace(): string | null {
    const content = renderStatusFile(this.#status, this.#identity)
    const attempt = (): void => replaceFile(statusPath(this.#run), content, 0o600)
    try {
      attempt()
      return null
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') return describe(error)
    }
    try {
      mkdirSync(this.#run, { recursive: true, mode: 0o700 })
      attempt()
      return null
    } catch (error) {
      return describe(error)
    }
  }
}

/** `no space left on device`, of Node's `ENOSPC: no space left on device, write`. */
function describe(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error)
  return message.replace(/^[A-Z]+: /, '').replace(/, \w+( '.*')?$/, '')
}
