import { setTimeout as delay } from 'node:timers/promises'
import type { SweepReport } from '../lifecycle/world.ts'
import { descendantsOf, hasEnvironment, listProcesses, type Process, signalProcess } from './list.ts'

/** Whose processes are ours to end, and which of them are spared for now. */
export type SweepScope = {
  readonly bootId: string
  /** Process groups that end by themselves: announcements on their way. */
  readonly spared: () => ReadonlySet<number>
  readonly hurry: AbortSignal
}

/**
 * Ends every process that is left: SIGTERM, SIGKILL after `patience` milliseconds, again until nothing is left (a
 * process that forks meanwhile is found by the next look).
 */
export async function sweep(patience: number, scope: SweepScope): Promise<SweepReport> {
  const all = new Map<number, string>()
  const killed = new Map<number, string>()
  const deadline = performance.now() + patience
  // what SIGKILL can't end is the kernel's
  const giveUp = deadline + 1000
  for (let pause = 1; performance.now() < giveUp; pause = Math.min(pause * 2, 25)) {
    const left = findLeftovers(scope)
    if (left.length === 0) break
    const kill = scope.hurry.aborted || performance.now() >= deadline
    for (const { pid, name } of left) {
      if (!kill && all.has(pid)) continue
      all.set(pid, name)
      if (kill) killed.set(pid, name)
      signalProcess(pid, kill ? 'SIGKILL' : 'SIGTERM')
    }
    await delay(pause)
  }
  const named = (processes: Map<number, string>): string[] =>
    [...processes].map(([pid, name]) => `${name} (${pid})`)
  return { ended: named(all).filter((process) => !named(killed).includes(process)), killed: named(killed) }
}

/**
 * With our own init as PID 1 every process of the container is ours. Elsewhere (`docker run --init`, `--pid=host`, a
 * laptop) ours are the descendants of our init, which adopts orphans, and of ourselves, and whatever was started with
 * this boot's id in its environment.
 */
function findLeftovers({ bootId, spared }: SweepScope): Process[] {
  const processes = listProcesses()
  const init = processes.find(({ pid, name }) => pid === process.ppid && name.startsWith('tini'))
  const mine = new Set([process.pid, process.ppid, 1])
  const candidates = processes.filter(({ pid, group }) => !mine.has(pid) && !spared().has(group))
  if (init?.pid === 1) return candidates
  const root = init?.pid ?? process.pid
  const family = new Set(descendantsOf(root, processes).map(({ pid }) => pid))
  return candidates.filter(({ pid }) => family.has(pid) || hasEnvironment(pid, `WW_BOOT_ID=${bootId}`))
}
