import { type Lifecycle, startLifecycle } from '../../ww/lifecycle/lifecycle.ts'
import { Limits } from '../../ww/lifecycle/limits.ts'
import { FakeWorld, type Hooks, settingsWith } from './fake-world.ts'

/** A lifecycle in a fake world. */
export type FakeInstance = {
  readonly world: FakeWorld
  readonly lifecycle: Lifecycle
  /** Lets time pass until something is in the story. */
  reach(what: string, times?: number): Promise<void>
  /** Lets time pass until it has ended; resolves with the exit code. */
  end(): Promise<number>
  /** Requests a stop, and lets time pass until it has ended; resolves with the milliseconds that it took. */
  stop(reason?: string): Promise<number>
  states(): string[]
}

/** Starts a lifecycle with these hooks; `prepare` changes the world before that. */
export function startFake(
  hooks: Hooks,
  settings = settingsWith(),
  prepare: (world: FakeWorld) => void = () => {},
): FakeInstance {
  const world = new FakeWorld(hooks)
  prepare(world)
  const lifecycle = startLifecycle(world, settings, new Limits(world, settings), { about: 'shop 1 on one' })
  let code: number | undefined
  void lifecycle.done.then((ended) => {
    code = ended
  })
  const end = async (): Promise<number> => {
    await world.clock.runUntil(() => code !== undefined)
    return code ?? -1
  }
  return {
    world,
    lifecycle,
    end,
    reach: (what, times = 1) =>
      world.clock.runUntil(() => world.story.filter((line) => line === what).length >= times),
    async stop(reason = 'SIGTERM') {
      const requested = world.now()
      lifecycle.stop(reason)
      await end()
      return world.now() - requested
    },
    states: () => world.announcements.map(({ state }) => state),
  }
}
