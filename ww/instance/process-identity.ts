import { readFileSync } from 'node:fs'

/**
 * One process, so that it is never taken for a later one: in a container every boot has the same pid. `kernel` and
 * `init` (when PID 1 began) tell the container's earlier runs from the current one, also when the process is gone.
 */
export type ProcessIdentity = {
  readonly pid: number
  readonly started: string
  readonly kernel: string
  readonly init: string
}

/** What stands for a fact that this user may not read. */
const unknown = '-'

/** The identity of a process that is alive. */
export function identifyProcess(pid: number): ProcessIdentity {
  return { pid, started: startOf(pid) ?? unknown, ...identifyContainer() }
}

/** Whether a process is alive, and the same one. */
export function isSameProcess({ pid, started }: ProcessIdentity): boolean {
  const now = startOf(pid)
  return now !== null && now === started
}

/** Whether a process was started since this container, or this machine, was. */
export function isOfThisContainer({ kernel, init }: ProcessIdentity): boolean {
  const here = identifyContainer()
  return kernel === here.kernel && (init === here.init || init === unknown || here.init === unknown)
}

function identifyContainer(): Pick<ProcessIdentity, 'kernel' | 'init'> {
  return { kernel: readLine('/proc/sys/kernel/random/boot_id') ?? unknown, init: startOf(1) ?? unknown }
}

/** When a process began, in clock ticks since the kernel did; null when it is gone, a zombie, or hidden. */
function startOf(pid: number): string | null {
  const stat = readLine(`/proc/${pid}/stat`)
  // `pid (name) state …`, where the name may hold anything
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields === undefined || /^[ZX]/.test(fields[0] ?? '') ? null : (fields[19] ?? null)
}

function readLine(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').trimEnd()
  } catch {
    return null
  }
}
