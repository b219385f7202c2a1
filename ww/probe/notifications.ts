import { sleep } from '../base/sleep.ts'
import { formatLimit } from '../base/text.ts'
import type { NotifySocket } from '../processes/notify.ts'

/** The interval in which a service that has begun to send WATCHDOG=1 must send it again, in milliseconds. */
export const defaultWatchdog = 30_000

/**
 * Milliseconds between two reads. The queue of a socket holds ten messages where the host has the kernel's default, and a
 * service that has filled it waits: after a message the next ones are read soon, otherwise twice a second.
 */
const polling = { first: 20, most: 500 }

/** Milliseconds between two reads while READY=1 is waited for, at most. */
const startPause = 50

/** By how many milliseconds a read may be late on a machine that is merely busy. */
const longestDelay = 1000

/** What one run of a service has sent about itself. */
export class Notifications {
  readonly #socket: NotifySocket
  readonly #now: () => number
  #isReady = false
  #isStopping = false
  #isTriggered = false
  #status = ''
  #watchdogMs: number
  #aliveAt: number | null = null
  #readAt: number
  #pause = polling.first

  constructor(socket: NotifySocket, watchdogMs = defaultWatchdog, now = () => performance.now()) {
    this.#socket = socket
    this.#watchdogMs = watchdogMs
    this.#now = now
    this.#readAt = now()
  }

  /** What the service needs in its environment. */
  get environment(): Readonly<Record<string, string>> {
    return { NOTIFY_SOCKET: this.#socket.path, WATCHDOG_USEC: String(Math.round(this.#watchdogMs * 1000)) }
  }

  /** Whether it has sent READY=1. */
  get isReady(): boolean {
    return this.#isReady
  }

  /** Whether it has sent STOPPING=1. */
  get isStopping(): boolean {
    return this.#isStopping
  }

  /** The last STATUS=text, on one line; empty when there was none. */
  get status(): string {
    return this.#status
  }

  /** The milliseconds until it is worth while to read again. */
  get pause(): number {
    return this.#pause
  }

  /** Reads what has come in, and returns why the service is no longer ready; null when it is, or never was. */
  read(): string | null {
    const { isReady, isStopping, status, isAlive, isTriggered, watchdogMs, isMore } = this.#socket.receive()
    const now = this.#now()
    this.#excludePause(now)
    this.#isReady ||= isReady
    this.#isStopping ||= isStopping
    this.#isTriggered ||= isTriggered
    this.#status = status ?? this.#status
    this.#watchdogMs = watchdogMs ?? this.#watchdogMs
    if (isAlive || (watchdogMs !== null && this.#aliveAt !== null)) this.#aliveAt = now
    const isActive = isMore || isReady || isAlive || status !== null
    this.#pause = isActive ? polling.first : Math.min(this.#pause * 2, polling.most)
    if (this.#isTriggered) return 'sent WATCHDOG=trigger'
    if (this.#aliveAt === null || now - this.#aliveAt < this.#watchdogMs) return null
    return `sent no WATCHDOG=1 for ${formatLimit(this.#watchdogMs)}`
  }

  /**
   * While nobody read here, the service may have been frozen too (by `docker pause`), or have waited for its turn to send:
   * that time does not count.
   */
  #excludePause(now: number): void {
    const missed = now - this.#readAt - this.#pause
    this.#readAt = now
    if (missed > longestDelay && this.#aliveAt !== null) this.#aliveAt += missed
  }

  /** Closes the socket: the service has ended. */
  close(): void {
    this.#socket.close()
  }
}

/** Waits until a service has sent READY=1; null when it has, otherwise why it is not ready, at the end. */
export async function awaitNotified(
  notifications: Notifications,
  end: AbortSignal,
  report: (reason: string) => void = () => {},
): Promise<string | null> {
  for (;;) {
    const failure = notifications.read()
    if (notifications.isReady) return null
    const reason = withStatus(failure ?? 'has not sent READY=1', notifications)
    if (end.aborted) return reason
    report(reason)
    await sleep(Math.min(notifications.pause, startPause), end)
  }
}

/** Resolves with why a service that was ready no longer is, with null when aborted; `report` gets its STATUS. */
export async function watchNotified(
  notifications: Notifications,
  signal: AbortSignal,
  report: (status: string) => void = () => {},
): Promise<string | null> {
  while (!signal.aborted) {
    const failure = notifications.read()
    if (failure !== null) return withStatus(failure, notifications)
    report(notifications.status)
    await sleep(notifications.pause, signal)
  }
  return null
}

function withStatus(reason: string, { status }: Notifications): string {
  return status === '' ? reason : `${reason} (status: ${status})`
}
