import { replaceFile } from '../base/files.ts'
import type { Announcement } from '../lifecycle/world.ts'
import type { InstanceStatus } from './status.ts'

/** Keeps the status of this instance, and writes it where sh and other programs find it. */
export class StatusFile {
  readonly #run: string
  #status: InstanceStatus

  constructor(run: string, identity: Pick<InstanceStatus, 'app' | 'instance' | 'version' | 'bootId'>) {
    this.#run = run
    const now = Date.now()
    const nothingYet = { previous: null, reason: '', attempt: 0, restarts: 0, monitor: null }
    this.#status = { ...identity, pid: process.pid, state: 'BOOT', since: now, bootedAt: now, ...nothingYet }
  }

  get status(): InstanceStatus {
    return this.#status
  }

  /** Shows the state that was announced. */
  enter({ state, previous, reason, attempt, at }: Announcement): void {
    const restarts = this.#status.restarts + (state === 'RESTARTING' ? 1 : 0)
    this.#write({ ...this.#status, state, previous, reason, attempt, since: Math.round(at), restarts })
  }

  /** Shows what the monitor said. */
  monitored({ ok, output, nextAt }: { ok: boolean; output: string; nextAt: number }): void {
    this.#write({ ...this.#status, monitor: { ok, output, at: Date.now(), nextAt: Math.round(nextAt) } })
  }

  #write(status: InstanceStatus): void {
    this.#status = status
    try {
      replaceFile(`${this.#run}/status.json`, `${JSON.stringify(status)}\n`)
      replaceFile(`${this.#run}/status.sh`, renderForShell(status))
    } catch {
      // a full disk must not end the lifecycle; the status then shows its age
    }
  }
}

function renderForShell({ monitor, ...status }: InstanceStatus): string {
  const seconds = (ms: number): string => String(Math.floor(ms / 1000))
  const values = {
    state: status.state,
    previous: status.previous ?? '',
    since: seconds(status.since),
    reason: status.reason,
    attempt: String(status.attempt),
    restarts: String(status.restarts),
    booted_at: seconds(status.bootedAt),
    pid: String(status.pid),
    boot_id: status.bootId,
    app: status.app,
    instance: status.instance,
    version: status.version,
    monitor_ok: monitor === null ? '' : monitor.ok ? '1' : '0',
    monitor_at: monitor === null ? '' : seconds(monitor.at),
    monitor_next: monitor === null ? '' : seconds(monitor.nextAt),
    monitor_output: monitor?.output ?? '',
  }
  return Object.entries(values)
    .map(([name, value]) => `ww_${name}='${value.replaceAll("'", "'\\''")}'\n`)
    .join('')
}
