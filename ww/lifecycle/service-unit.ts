import { type Entry, type Machine, startMachine } from '../chart/machine.ts'
import { noteFailure } from './doing.ts'
import type { ProcessEnd, Service } from './hook.ts'
import { runOnce, start, untilAborted, waitForOthers, watch } from './service-activities.ts'
import {
  type ServiceEvent,
  type ServiceState,
  serviceChart,
  type VisibleServiceState,
  visibleStateOf,
} from './service-chart.ts'
import { endOnce } from './service-end.ts'
import type { ServiceTrouble, UnitParts } from './service-parts.ts'
import { recover } from './service-recovery.ts'

/** One service or one-shot, from the start of all services to their end: its machine, and what its activities share. */
export class ServiceUnit {
  readonly parts: UnitParts
  /** Its running process. */
  running: Service | null = null
  /** One that ended by itself: what it left behind, such as workers that hold its port, is still to be ended. */
  leftover: Service | null = null
  /** How its last process ended. */
  end: ProcessEnd | null = null
  /** It makes no sense to start it again. */
  final = false
  /** When its process was started, and when it became ready, by the world's clock. */
  startedAt = 0
  readyAt: number | null = null
  /** When it is started again, milliseconds since the epoch. */
  nextStartAt: number | null = null
  #reason = ''
  #since: number
  readonly #machine: Machine<ServiceState, ServiceEvent>
  readonly #waiting = new Set<() => void>()

  constructor(parts: UnitParts) {
    this.parts = parts
    this.#since = parts.instance.world.date()
    this.#machine = startMachine({
      chart: serviceChart,
      activities: {
        waiting: (signal) => waitForOthers(this, signal),
        starting: (signal) => (this.isOneshot ? runOnce(this, signal) : start(this, signal)),
        ready: (signal) => watch(this, signal),
        failed: (signal) => recover(this, signal),
        failing: () => endOnce(this),
        restarting: () => endOnce(this),
        stopping: () => endOnce(this),
        ending: () => endOnce(this),
        done: (signal) => untilAborted(signal, { event: 'start' }),
        stopped: (signal) => untilAborted(signal, { event: 'start' }),
        ended: async () => {},
      },
      onEnter: (entry) => this.#enter(entry),
    })
  }

  get name(): string {
    return this.parts.name
  }

  get isOneshot(): boolean {
    return this.name.startsWith('oneshot-')
  }

  /** Whether the instance cannot do without it. */
  get essential(): boolean {
    return this.parts.settings.essential || this.isOneshot
  }

  get state(): VisibleServiceState {
    return visibleStateOf(this.#machine.state)
  }

  get isReady(): boolean {
    return this.state === 'ready' || this.state === 'done'
  }

  /** Whether it is ready, or nothing but a command would make it ready. */
  get isSettled(): boolean {
    return this.isReady || this.state === 'stopped' || (this.state === 'failed' && this.final)
  }

  get reason(): string {
    return this.#reason
  }

  /** Since when it is in its state, milliseconds since the epoch. */
  get since(): number {
    return this.#since
  }

  /** Resolves when it has ended for good; rejects with what an activity threw. */
  get done(): Promise<unknown> {
    return this.#machine.done
  }

  send(event: 'start' | 'restart' | 'stop' | 'end'): boolean {
    return this.#machine.send(event)
  }

  /** Shows why it is in its state, or what it says of itself. */
  show(reason: string): void {
    this.#reason = reason
    this.#changed(this.state)
  }

  /** Resolves when the condition holds, or the signal is aborted. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (!condition() && !signal.aborted) return
        this.#waiting.delete(check)
        signal.removeEventListener('abort', check)
        resolve()
      }
      this.#waiting.add(check)
      signal.addEventListener('abort', check)
      check()
    })
  }

  #enter({ state, from, reason }: Entry<ServiceState, ServiceEvent>): void {
    this.nextStartAt = null
    this.#since = this.parts.instance.world.date()
    this.#reason = reason ?? this.#reason
    if (state === 'failed') {
      const ms = this.startedAt === 0 ? null : this.parts.instance.world.now() - this.startedAt
      noteFailure(this.parts.instance, { name: this.name, reason: this.#reason, ms, output: null })
    }
    const trouble = this.essential ? this.#troubleIn(state) : null
    if (trouble) this.parts.onTrouble(trouble)
    this.#changed(from === undefined ? 'stopped' : visibleStateOf(from))
  }

  /** What a state of an essential service means for the instance. */
  #troubleIn(state: ServiceState): ServiceTrouble | null {
    const { name, final, isOneshot } = this
    if (state === 'done' && !isOneshot) return { reason: `${name} is done`, final: false, done: true }
    if (state !== 'failed' && state !== 'failing') return null
    return { reason: `${name} ${this.#reason}`, final, done: false }
  }

  #changed(previous: VisibleServiceState): void {
    this.parts.onChange(this, previous)
    for (const check of [...this.#waiting]) check()
  }
}
