import type { Readable } from 'node:stream'
import { beginner } from '#beginner'
import { countOomKills } from '../data/oom.ts'
import type { ProcessEnd } from '../lifecycle/hook.ts'
import type { BeginOptions, Begun } from './begin.ts'

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
export type SpawnOptions = Omit<BeginOptions, 'stderr'> & { readonly stderr?: BeginOptions['stderr'] }

/** Begins a process that reads nothing; it never throws. */
export function spawn(file: string, args: readonly string[], options: SpawnOptions): Spawned {
  const oomKills = countOomKills()
  const begun = beginner.begin(file, args, { stderr: 'inherit', ...options })
  return describeBegun(file, begun, oomKills, options.uid)
}

/** Begins a process that reads `input`; it may leave some of it unread. */
export async function spawnWithInput(
  file: string,
  args: readonly string[],
  options: SpawnOptions & { readonly input: string },
): Promise<Spawned> {
  const oomKills = countOomKills()
  const begun = await beginner.beginWithInput(file, args, { stderr: 'inherit', ...options })
  return describeBegun(file, begun, oomKills, options.uid)
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

/** What is different where the process is another user's. */
function explainOther(code: string, uid: number | undefined): string | undefined {
  if (uid === undefined) return undefined
  if (code === 'EACCES') return `permission denied; make it and its directory accessible to user ${uid}`
  if (code === 'EPERM')
    return `running it as user ${uid} is not permitted; give the container the capabilities SETUID and SETGID`
  return undefined
}

function describeFailure(file: string, code: string, uid?: number): ProcessEnd {
  const why = explainOther(code, uid) ?? reasons[code] ?? `it could not be started (${code})`
  const reason = `${file}: ${why}`
  return shortages.includes(code)
    ? { kind: 'unrunnable', reason, temporary: true }
    : { kind: 'unrunnable', reason }
}

function describeBegun(
  file: string,
  { ended, ...begun }: Begun,
  before: number | null,
  uid: number | undefined,
): Spawned {
  return {
    ...begun,
    ended: ended.then((exit) => {
      if ('failure' in exit) return describeFailure(file, exit.failure, uid)
      // the counter is read only where it can matter
      const after = exit.signal === 'SIGKILL' ? countOomKills() : null
      return toProcessEnd(exit.code, exit.signal, { before, after })
    }),
  }
}
