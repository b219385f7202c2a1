import type { Readable } from 'node:stream'

/** What a process is begun with. */
export type BeginOptions = {
  /** A descriptor, the one of this process, /dev/null, or a stream that is read here. */
  readonly stdout: number | 'inherit' | 'ignore' | 'pipe'
  readonly stderr: number | 'inherit' | 'ignore'
  readonly env: NodeJS.ProcessEnv
  readonly cwd?: string
  readonly uid?: number
  readonly gid?: number
}

/** How a process ended, as the system reports it. */
export type Exit = { readonly code: number | null; readonly signal: string | null }

/** A process that was begun in a session of its own. */
export type Begun = {
  /** Null when it could not be started. */
  readonly pid: number | null
  /** Resolves, never rejects, with the exit of the process itself, or the code of why it could not be started: ENOENT. */
  readonly ended: Promise<Exit | { readonly failure: string }>
  /** What it prints, where `stdout` is `pipe`. */
  readonly output?: Readable
}

/**
 * How one runtime begins processes; what the two versions promise is in the conformance tests. package.json selects the
 * version by the runtime that the program is built for.
 */
export type Beginner = {
  /** Begins a process that reads nothing; it never throws. A file without a #! line is run by sh, as execvp does. */
  begin(file: string, args: readonly string[], options: BeginOptions): Begun
  /** Begins a process that reads `input`; it may leave some of it unread. */
  beginWithInput(
    file: string,
    args: readonly string[],
    options: BeginOptions & { readonly input: string },
  ): Promise<Begun>
}

/** A process that could not be started. */
export function failed(error: unknown): Begun {
  const failure = error instanceof Error && 'code' in error ? String(error.code) : String(error)
  return { pid: null, ended: Promise.resolve({ failure }) }
}
