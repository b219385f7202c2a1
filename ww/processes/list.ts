import { readdirSync, readFileSync } from 'node:fs'

/** A process as /proc describes it. */
export type Process = {
  readonly pid: number
  readonly parent: number
  readonly group: number
  readonly session: number
  /** When it began, in clock ticks since the machine did: distinguishes it from a later one with the same pid. */
  readonly started: number
  readonly name: string
}

/** All processes that are alive (no zombies), of every user that this process can see. */
export function listProcesses(): Process[] {
  return readdirSync('/proc').flatMap((entry) => (/^\d+$/.test(entry) ? readProcess(Number(entry)) : []))
}

/** One process; null when it does not exist, or is a zombie. */
export function findProcess(pid: number): Process | null {
  return readProcess(pid)[0] ?? null
}

/** The process and everything that descends from it. */
export function descendantsOf(root: number, processes: readonly Process[]): Process[] {
  const found = new Set([root])
  // a child may be listed before its parent, so repeat until nothing new is found
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
    // it has ended, or is another user's
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

/** A process as logs and reports name it: `nginx (pid 12)`. */
export function nameProcess({ name, pid }: Pick<Process, 'name' | 'pid'>): string {
  return `${name} (pid ${pid})`
}

/** Reads a line of /proc/PID/stat; null for a zombie, or when it is not such a line. */
export function parseStat(stat: string): Process | null {
  // `pid (name) state parent group session …`, where the name may contain anything, also spaces and brackets
  const open = stat.indexOf('(')
  const close = stat.lastIndexOf(')')
  const fields = stat.slice(close + 2).split(' ')
  const [state, parent, group, session] = fields
  if (open < 0 || close < open || state === 'Z' || state === 'X') return null
  return {
    pid: Number(stat.slice(0, open)),
    parent: Number(parent),
    group: Number(group),
    session: Number(session),
    started: Number(fields[19]),
    name: stat.slice(open + 1, close),
  }
}

function readProcess(pid: number): Process[] {
  try {
    return [parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'))].filter((found) => found !== null)
  } catch {
    // it has ended meanwhile
    return []
  }
}
