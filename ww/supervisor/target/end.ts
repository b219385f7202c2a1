import type { Outcome } from '../../chart/machine.ts'
import type { TargetEvent } from './chart.ts'
import type { Target } from './target.ts'

/** How long to wait for what SIGKILL ends, in milliseconds. */
const killLimit = 1000

/** How long one may go on answering 200 that has agreed to end, in milliseconds. */
const stayLimit = 1000

/**
 * Ends a target: it is asked to, and when it refuses or stays, its processes get SIGTERM, then SIGKILL; a process that
 * is not ours gets none. A stop of the supervisor leaves alone what was not started for it.
 */
export async function endTarget(target: Target, signal: AbortSignal): Promise<Outcome<TargetEvent>> {
  const { config, world } = target
  const own = (): readonly number[] => world.ownPids(config.url)
  const gone = { event: 'gone', reason: 'ended' } as const
  if (target.stopping && !target.started && own().length === 0)
    return { ...gone, reason: 'left as it was found' }
  const agreed = await world.askToEnd(config, signal)
  if (agreed && (await isGone(target, config.stopLimit, signal))) return gone
  if (own().length === 0) {
    const holder = world.portHolder(config.url)
    return holder ? { ...gone, reason: `it stays, and ${holder} is not ours to kill` } : gone
  }
  world.signal(own(), 'SIGTERM')
  if (await isEnded(target, config.stopLimit, signal)) return { ...gone, reason: 'ended by SIGTERM' }
  world.signal(own(), 'SIGKILL')
  await isEnded(target, killLimit, signal)
  return { ...gone, reason: 'ended by SIGKILL' }
}

/** Waits until none of its processes is left. */
async function isEnded({ config, world }: Target, limit: number, signal: AbortSignal): Promise<boolean> {
  const deadline = world.now() + limit
  for (let pause = 5; world.ownPids(config.url).length > 0; pause = Math.min(pause * 2, 100)) {
    if (world.now() >= deadline) return false
    await world.sleep(pause, signal)
  }
  return true
}

/**
 * Waits until none of its processes is left and nobody answers. One that agreed and goes on answering as if nothing had
 * been said stays: many a server has an answer to any path.
 */
async function isGone(target: Target, limit: number, signal: AbortSignal): Promise<boolean> {
  const { config, world } = target
  const began = world.now()
  for (let pause = 5; ; pause = Math.min(pause * 2, 100)) {
    const ping = await world.ping(config.url, config.timeout, signal)
    if (ping.refused && world.ownPids(config.url).length === 0) return true
    const patience = ping.code === 200 ? Math.min(stayLimit, limit) : limit
    if (world.now() - began >= patience) return false
    await world.sleep(pause, signal)
  }
}
