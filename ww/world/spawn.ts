import { execa } from 'execa'

/** A process in a group of its own, whose number is its pid. */
export type Spawned = {
  /** Undefined when it could not be started; `ended` says why. */
  readonly group: number | undefined
  /** Resolves, never rejects, when the process itself has ended, whatever its children do. */
  readonly ended: Promise<Ended>
}

/** How a process ended. */
export type Ended = {
  readonly exitCode?: number | undefined
  readonly signal?: string | undefined
  /** The system's word for why it could not be started, such as ENOENT. */
  readonly code?: string | undefined
}

/** What a process is given: where its output goes (a descriptor, or the container's), its input, its environment. */
export type SpawnOptions = {
  readonly stdout: number | 'inherit' | 'ignore'
  readonly stderr?: 'ignore'
  readonly input?: string | undefined
  readonly env: NodeJS.ProcessEnv
}

/** The one place where processes begin: nothing of execa's own killing, buffering or throwing. */
export function spawn(file: string, args: readonly string[], options: SpawnOptions): Spawned {
  const child = execa(file, args, {
    stdin: options.input === undefined ? 'ignore' : 'pipe',
    ...(options.input === undefined ? {} : { input: options.input }),
    // execa takes any descriptor, but its types know only those below ten
    stdout: options.stdout as 'inherit',
    stderr: options.stderr ?? 'inherit',
    env: options.env,
    extendEnv: false,
    detached: true,
    reject: false,
    cleanup: false,
    buffer: false,
  })
  return { group: child.pid, ended: Promise.resolve(child) }
}

/** How a process ended, in words: `exit code 3`, `ended by SIGKILL`, or why it could not be started. */
export function describeExit({ exitCode, signal, code }: Ended): string {
  if (exitCode === 125) return 'exit code 125, which asks not to be tried again'
  if (exitCode !== undefined) return `exit code ${exitCode}`
  if (signal !== undefined) return `ended by ${signal}`
  if (code === 'ENOENT') return 'its interpreter (the #! line) is not there'
  return `it could not be started (${code ?? 'unknown error'})`
}
