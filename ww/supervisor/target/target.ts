import { type Machine, startMachine } from '../../chart/machine.ts'
import { noRestarts, type RestartHistory } from '../../lifecycle/restart-policy.ts'
import { watchAnswers } from '../watch.ts'
import { type TargetEvent, type TargetState, targetChart } from './chart.ts'
import type { TargetConfig } from './config.ts'
import { endTarget } from './end.ts'
import type { Ping } from './judge.ts'
import { awaitAnswer, startWhenDown } from './start.ts'
import type { TargetView } from './view.ts'
import type { SupervisorWorld, TargetProcess } from './world.ts'

/** What the supervisor tells a target of the others. */
export type Others = { isRunning(url: string): boolean }

/** One supervised target: a machine, and what its activities remember from state to state. */
export class Target {
  readonly config: TargetConfig
  readonly world: SupervisorWorld
  readonly others: Others
  /** Its process, when it was started here and runs; how the last one ended, once it has. */
  process: TargetProcess | null = null
  processEnd: { readonly ok: boolean; readonly what: string } | null = null
  /** Whether a command of its was run here: then it is ours to end. */
  started = false
  history: RestartHistory = noRestarts
  /** When it answered first since its last start. */
  upAt: number | null = null
  /** When the next ping is due. */
  due: number
  badPings = 0
  lastPing: Ping | null = null
  restarts = 0
  givenUp = false
  stopping = false
  readonly #machine: Machine<TargetState, TargetEvent>
  readonly #stopped = Promise.withResolvers<void>()
  #since: number
  #reason = 'not pinged yet'
  #wake: () => void = () => {}

  /** `offset` spreads the pings of many targets over their interval. */
  constructor(config: TargetConfig, world: SupervisorWorld, others: Others, offset: number) {
    this.config = config
    this.world = world
    this.others = others
    this.#since = world.now()
    this.due = this.#since + offset
    const watch = (signal: AbortSignal): ReturnType<typeof watchAnswers> => watchAnswers(this, signal)
    this.#machine = startMachine({
      chart: targetChart,
      activities: {
        UNKNOWN: watch,
        PENDING: watch,
        RUNNING: watch,
        DOWN: (signal) => startWhenDown(this, signal),
        PROVISIONING: (signal) => awaitAnswer(this, signal),
        ERROR: async () => ({ event: 'kill', reason: this.#reason }),
        STOPPING: (signal) => endTarget(this, signal),
      },
      onEnter: ({ state, from, reason }) => {
        if (from === undefined) return
        this.#since = world.now()
        this.#reason = reason ?? ''
        world.info(`${config.url}: ${state}: ${this.#reason}`)
      },
    })
  }

  get state(): TargetState {
    return this.#machine.state
  }

  get view(): TargetView {
    const { config, lastPing, restarts, givenUp, state } = this
    const pid = this.process?.pid ?? this.world.ownPids(config.url)[0] ?? null
    return {
      url: config.url,
      state,
      since: this.#since,
      reason: this.#reason,
      lastPing,
      restarts,
      pid,
      givenUp,
    }
  }

  /** Rejects when an activity has a bug. */
  get failed(): Promise<unknown> {
    return this.#machine.done
  }

  /** Forgets the restarts so far, and starts it if it is down. */
  retry(): void {
    this.history = noRestarts
    this.#machine.send('retry', 'a restart was asked for')
  }

  /** Ends it, if it was started for this target, and starts it no more; resolves when that is done. */
  stop(): Promise<void> {
    this.stopping = true
    this.#machine.send('stop', 'the supervisor stops')
    return this.#stopped.promise
  }

  /** Tells whoever waits for it that it is down for good. */
  markStopped(): void {
    this.#stopped.resolve()
  }

  /** Says what a state waits for, when that changes. */
  explain(reason: string): void {
    if (reason === this.#reason) return
    this.#reason = reason
    this.world.info(`${this.config.url}: ${this.state}: ${reason}`)
  }

  /** Keeps a process that was started, and wakes the target when it ends. */
  keep(process: TargetProcess): void {
    this.process = process
    this.processEnd = null
    void process.ended.then((end) => {
      if (this.process !== process) return
      this.process = null
      this.processEnd = end
      this.#wake()
    })
  }

  /** Waits, until its process ends or the state is left. */
  async rest(ms: number, signal: AbortSignal): Promise<void> {
    const cut = new AbortController()
    const wake = (): void => cut.abort()
    this.#wake = wake
    signal.addEventListener('abort', wake)
    if (!signal.aborted) await this.world.sleep(ms, cut.signal)
    signal.removeEventListener('abort', wake)
  }
}
