import { sleep } from '../base/sleep.ts'
import type { Limit } from '../lifecycle/limit.ts'
import type { SweepReport } from '../lifecycle/world.ts'
import {
  descendantsOf,
  hasEnvironment,
  listProcesses,
  nameProcess,
  type Process,
  signalProcess,
} from './list.ts'

/** Whose processes are ours to end, and which of them are excluded for now. */
export type SweepScope = {
  readonly bootId: string
  /** Sessions that end by themselves: the announcements that still run. */
  readonly excluded: () => ReadonlySet<number>
}

/** What was found, and what was done about it. */
type Leftover = { readonly name: string; killed: boolean }

/**
 * Ends every process that is left: SIGTERM at once, SIGKILL as the limit says, again until nothing is left, because a
 * process may fork meanwhile. What survives until the limit gives up is reported as abandoned.
 */
export async function sweep(limit: Pick<Limit, 'kill' | 'abandon'>, scope: SweepScope): Promise<SweepReport> {
  const found = new Map<string, Leftover>()
  for (let pause = 1; ; pause = Math.min(pause * 2, 25)) {
    const { left, isWholeContainer } = findLeftovers(scope)
    if (left.length === 0) return report(found, [])
    const kill = limit.kill.aborted
    // at once, so that what forks faster than it can be listed ends, too
    if (kill && isWholeContainer && scope.excluded().size === 0) signalProcess(-1, 'SIGKILL')
    for (const process of left) endLeftover(process, kill, found)
    if (limit.abandon.aborted) {
      await sleep(2, new AbortController().signal)
      return report(found, findLeftovers(scope).left)
    }
    await sleep(pause, kill ? limit.abandon : limit.kill)
  }
}

function endLeftover(process: Process, kill: boolean, found: Map<string, Leftover>): void {
  const { pid } = process
  const known = found.get(keyOf(process))
  const leftover = known ?? { name: nameProcess(process), killed: false }
  found.set(keyOf(process), leftover)
  if (kill) {
    leftover.killed = true
    signalProcess(pid, 'SIGKILL')
  } else if (!known) {
    signalProcess(pid, 'SIGTERM')
    // one that is stopped could not act on it
    signalProcess(pid, 'SIGCONT')
  }
}

function report(found: ReadonlyMap<string, Leftover>, left: readonly Process[]): SweepReport {
  const surviving = new Set(left.map(keyOf))
  const over = [...found].filter(([key]) => !surviving.has(key)).map(([, leftover]) => leftover)
  return {
    ended: over.filter(({ killed }) => !killed).map(({ name }) => name),
    killed: over.filter(({ killed }) => killed).map(({ name }) => name),
    abandoned: left.map(nameProcess),
  }
}

function keyOf({ pid, started }: Process): string {
  return `${pid} ${started}`
}

/**
 * With our own init as PID 1 every process of the container is ours. Elsewhere (`docker run --init`, `--pid=host`, a
 * laptop) ours are the descendants of our init, which adopts orphans, and of ourselves, and whatever was started with
 * this boot's id in its environment.
 */
function findLeftovers({ bootId, excluded }: SweepScope): { left: Process[]; isWholeContainer: boolean } {
  const processes = listProcesses()
  const init = processes.find(({ pid, name }) => pid === process.ppid && name.startsWith('tini'))
  const mine = new Set([process.pid, process.ppid, 1])
  const candidates = processes.filter(({ pid, session }) => !mine.has(pid) && !excluded().has(session))
  if (init?.pid === 1) return { left: candidates, isWholeContainer: true }
  const root = init?.pid ?? process.pid
  const family = new Set(descendantsOf(root, processes).map(({ pid }) => pid))
  const left = candidates.filter(({ pid }) => family.has(pid) || hasEnvironment(pid, `WW_BOOT_ID=${bootId}`))
  return { left, isWholeContainer: false }
}
