import type { TargetConfig } from './target/config.ts'
import { orderStop } from './target/require-order.ts'
import { Target } from './target/target.ts'
import type { TargetView } from './target/view.ts'
import type { SupervisorWorld } from './target/world.ts'

/** Keeps a set of targets running. */
export class Supervisor {
  readonly #configs: readonly TargetConfig[]
  readonly #world: SupervisorWorld
  #targets: readonly Target[] | null = null
  #stopped: Promise<void> | null = null

  constructor(configs: readonly TargetConfig[], world: SupervisorWorld) {
    this.#configs = configs
    this.#world = world
  }

  /** Begins to ping; what it answers never resolves, and rejects when there is a bug. */
  start(): Promise<unknown> {
    const others = { isRunning: (url: string) => this.#find(url)?.state === 'RUNNING' }
    const { length } = this.#configs
    this.#targets = this.#configs.map(
      (config, index) => new Target(config, this.#world, others, (index / length) * config.every),
    )
    return Promise.race(this.#targets.map((target) => target.failed))
  }

  /** Every target as it is now. */
  get views(): TargetView[] {
    return this.#targets?.map(({ view }) => view) ?? []
  }

  /** Whether every target runs, and nobody has asked to stop. */
  get allRunning(): boolean {
    return this.#stopped === null && !!this.#targets?.every(({ state }) => state === 'RUNNING')
  }

  /** Starts a target again that was given up, or is in its back-off; false when there is none of this URL. */
  retry(url: string): boolean {
    const target = this.#find(url)
    target?.retry()
    return target !== undefined
  }

  /** Ends what was started, those that require others before these; resolves when all is down. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopInOrder()
    return this.#stopped
  }

  /** Kills what is left of a stop. */
  hurry(): void {
    for (const { url } of this.#configs) this.#world.signal(this.#world.ownPids(url), 'SIGKILL')
  }

  async #stopInOrder(): Promise<void> {
    for (const group of orderStop(this.#configs))
      await Promise.all(group.map(({ url }) => this.#find(url)?.stop()))
  }

  #find(url: string): Target | undefined {
    return this.#targets?.find(({ config }) => config.url === url)
  }
}
