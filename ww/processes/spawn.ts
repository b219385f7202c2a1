import { type ChildProcess, spawn as spawnChild } from 'node:child_process'
import type { Readable } from 'node:stream'
import { countOomKills } from '../data/oom.ts'
import type { ProcessEnd } from '../lifecycle/hook.ts'

/** A process in a session and a group of its own, both of which have its pid as their number. */
export type Spawned = {
  /** Null when it could not be started; `ended` says why. */
  readonly pid: number | null
  /** Resolves, never rejects, when the process itself has ended, whatever its children do. */
  readonly ended: Promise<ProcessEnd>
  /** What it prints, where `stdout` is `pipe`. */
  readonly output?: Readable
}

/** What a process is given: where its output goes (a descriptor, the container's, or read here), and its environment. */
export type SpawnOptions = {
  readonly stdout: number | 'inherit' | 'ignore' | 'pipe'
  readonly stderr?: 'ignore'
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Whom it runs as, by number; only root can choose. */
  readonly uid?: number
  readonly gid?: number
}

/**
 * Begins a process that reads nothing. Node's own spawn, since this is what stands between BOOT and UP: with execa,
 * of which nothing would be used here, ten hooks take 14 ms longer.
 */
export function spawn(file: string, args: readonly string[], options: SpawnOptions): Spawned {
  const { stdout, stderr = 'inherit', ...rest } = options
  const oomKills = countOomKills()
  try {
    const child = spawnChild(file, args, { ...rest, stdio: ['ignore', stdout, stderr], detached: true })
    return describeSpawned(file, child, oomKills)
  } catch (error) {
    // some failures are thrown, such as E2BIG, and the others are reported as an event
    return { pid: null, ended: Promise.resolve(describeFailure(file, error)) }
  }
}

/**
 * Begins a process that reads `input`; it may leave some of it unread. execa writes it and handles the closed pipe of a
 * process that does not read; its own promise would wait for a daemon that holds the input open, so that is not used.
 */
export async function spawnWithInput(
  file: string,
  args: readonly string[],
  { input, ...options }: SpawnOptions & { readonly input: string },
): Promise<Spawned> {
  const { execa } = await import('execa')
  const { stdout, stderr = 'inherit', ...rest } = options
  const oomKills = countOomKills()
  const running = execa(file, args, {
    ...rest,
    input,
    // execa accepts any descriptor, but its types know only those below ten
    stdout: stdout as 'inherit',
    stderr,
    extendEnv: false,
    detached: true,
    reject: false,
    cleanup: false,
    buffer: false,
  })
  const child = running.nodeChildProcess
  if (running.pid === undefined) {
    return { pid: null, ended: Promise.resolve(running).then(({ cause }) => describeFailure(file, cause)) }
  }
  return describeSpawned(file, child, oomKills)
}

/** How a process ended, from its exit status and the number of OOM kills before and after it ran. */
export function toProcessEnd(
  code: number | null,
  signal: string | null,
  oomKills: { readonly before: number | null; readonly after: number | null },
): ProcessEnd {
  if (signal === null) return { kind: 'exited', code: code ?? 0 }
  const { before, after } = oomKills
  const outOfMemory = signal === 'SIGKILL' && before !== null && after !== null && after > before
  return { kind: 'killed', signal, outOfMemory }
}

/** The reasons that an author or operator can act on; anything else is named by the system's own code. */
const reasons: Readonly<Record<string, string>> = {
  ENOENT:
    'a file that it needs to run (its interpreter or dynamic loader) does not exist; add it to the image',
  EACCES: 'permission denied; make it executable for the user that the instance runs as',
  ENOEXEC: 'it is not a program for this kind of machine; build the image for this architecture',
  E2BIG: 'its arguments and environment are too long; pass less',
  ENOMEM: 'not enough memory; raise the memory limit of the container',
  EAGAIN: 'too many processes; raise the process limit of the container',
  EMFILE: 'too many open files; raise the limit of open files',
  ENFILE: 'too many open files on this machine; close some',
}

/** What other processes may have caused, and may end. */
const shortages = ['ENOMEM', 'EAGAIN', 'EMFILE', 'ENFILE']

function describeFailure(file: string, error: unknown): ProcessEnd {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  const reason = `${file}: ${reasons[code] ?? `it could not be started (${code})`}`
  return shortages.includes(code)
    ? { kind: 'unrunnable', reason, temporary: true }
    : { kind: 'unrunnable', reason }
}

function describeSpawned(file: string, child: ChildProcess, oomKills: number | null): Spawned {
  const spawned = { pid: child.pid ?? null, ended: endOf(file, child, oomKills) }
  return child.stdout ? { ...spawned, output: child.stdout } : spawned
}

function endOf(file: string, child: ChildProcess, before: number | null): Promise<ProcessEnd> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(describeFailure(file, error)))
    child.once('exit', (code, signal) => {
      // the counter is read only where it can matter
      const after = signal === 'SIGKILL' ? countOomKills() : null
      resolve(toProcessEnd(code, signal, { before, after }))
    })
  })
}
