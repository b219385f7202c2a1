import { sleep } from '../base/sleep.ts'
import type { Limit } from '../lifecycle/limit.ts'
import { listProcesses, type Process, signalProcess } from './list.ts'
import type { Spawned } from './spawn.ts'

/** How a session was ended: whether it needed SIGKILL, and whether even that did not end it. */
export type SessionEnd = { readonly killed: boolean; readonly abandoned: boolean }

/**
 * A process that was started here, and all that it has started and that did not begin a session of its own: also the
 * jobs of `bash -m`, which are in other process groups. The number of a session is given to nobody else while a member
 * of it is left; once it was seen to be empty, nothing is ever signalled by that number again.
 */
export class Session {
  readonly pid: number
  #leaderEnded = false
  #isGone = false

  constructor(pid: number, ended: Spawned['ended']) {
    this.pid = pid
    void ended.then(() => {
      this.#leaderEnded = true
    })
  }

  /** Whether no process of it is alive; one that has ended but was not yet reaped counts for nothing. */
  isGone(): boolean {
    if (this.members().length > 0) return false
    this.#isGone = this.#leaderEnded
    return true
  }

  /** The processes of it that are alive. */
  members(): Process[] {
    if (this.#isGone) return []
    const processes = listProcesses()
    // its leader has been reaped, so a process with that number is somebody else, and all of ours have ended
    if (this.#leaderEnded && processes.some(({ pid }) => pid === this.pid)) {
      this.#isGone = true
      return []
    }
    return processes.filter(({ session }) => session === this.pid)
  }

  /** Sends a signal to every process of it, and wakes those that are stopped, so that they can act on it. */
  signal(name: NodeJS.Signals): void {
    const members = this.members()
    for (const { pid } of members) signalProcess(pid, name)
    if (name !== 'SIGKILL') for (const { pid } of members) signalProcess(pid, 'SIGCONT')
  }

  /** Sends a signal to its first process alone, while that has not ended. */
  signalLeader(name: NodeJS.Signals): void {
    if (this.#leaderEnded) return
    signalProcess(this.pid, name)
    signalProcess(this.pid, 'SIGCONT')
  }

  /** Ends it: SIGTERM now, SIGKILL and giving up as the limit says. Resolves as soon as nothing of it is left. */
  async end(limit: Pick<Limit, 'kill' | 'abandon'>): Promise<SessionEnd> {
    if (!limit.kill.aborted) this.signal('SIGTERM')
    if (await this.#waitUntilGone(limit.kill)) return { killed: false, abandoned: false }
    return this.kill(limit)
  }

  /** Ends it with SIGKILL, again and again, because a process may fork meanwhile, until the limit gives it up. */
  async kill({ abandon }: Pick<Limit, 'abandon'>): Promise<SessionEnd> {
    this.signal('SIGKILL')
    const gone = await this.#waitUntilGone(abandon, () => this.signal('SIGKILL'))
    return { killed: true, abandoned: !gone }
  }

  async #waitUntilGone(signal: AbortSignal, again: () => void = () => {}): Promise<boolean> {
    for (let pause = 1; !this.isGone(); pause = Math.min(pause * 2, 20)) {
      if (signal.aborted) return this.#isGoneSoon()
      await sleep(pause, signal)
      if (!signal.aborted) again()
    }
    return true
  }

  /** A last look: the kernel needs a moment for what was just sent. */
  async #isGoneSoon(): Promise<boolean> {
    await sleep(2, new AbortController().signal)
    return this.isGone()
  }
}
