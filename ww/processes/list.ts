import { readdirSync, readFileSync } from 'node:fs'

/** A process as /proc tells of it. */
export type Process = {
  readonly pid: number
  readonly parent: number
  readonly group: number
  /** When it began, in clock ticks since the machine did: tells it from a later one with the same pid. */
  readonly started: number
  readonly name: string
}

/** All processes that are alive (no zombies), of everybody this process can see. */
export function listProcesses(): Process[] {
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? readProcess(Number(entry)) : []))
}

/** One process; null when it is not there, or a zombie. */
export function findProcess(pid: number): Process | null {
  return readProcess(pid)[0] ?? null
}

/** The process and everything that descends from it. */
export function descendantsOf(root: number, processes: readonly Process[]): Process[] {
  const found = new Set([root])
  // a child may be listed before its parent, so look until nothing new turns up
  for (let size = 0; size !== found.size; ) {
    size = found.size
    for (const { pid, parent } of processes) if (found.has(parent)) found.add(pid)
  }
  return processes.filter(({ pid }) => found.has(pid))
}

/** Whether a process was started with `NAME=value` in its environment. */
export function hasEnvironment(pid: number, assignment: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(assignment)
  } catch {
    // gone, or another user's
    return false
  }
}

/** Sends a signal to a process; one that has ended meanwhile, or is another user's, is passed over. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal)
  } catch {
    // ESRCH or EPERM: nothing of ours is there to end
  }
}

function readProcess(pid: number): Process[] {
  try {
    // `pid (name) state parent group …`, where the name may hold anything
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const close = stat.lastIndexOf(')')
    const fields = stat.slice(close + 2).split(' ')
    const [state, parent, group] = fields
    if (state === 'Z' || state === 'X') return []
    return [
      {
        ...{ pid, parent: Number(parent), group: Number(group), started: Number(fields[19]) },
        name: stat.slice(stat.indexOf('(') + 1, close),
      },
    ]
  } catch {
    // it has ended meanwhile
    return []
  }
}
