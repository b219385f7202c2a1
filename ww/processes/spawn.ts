import { type ChildProcess, spawn as spawnChild } from 'node:child_process'

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

/** What a process is given: where its output goes (a descriptor, or the container's), and its environment. */
export type SpawnOptions = {
  readonly stdout: number | 'inherit' | 'ignore'
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
  try {
    const child = spawnChild(file, args, { ...rest, stdio: ['ignore', stdout, stderr], detached: true })
    return { group: child.pid, ended: endOf(child) }
  } catch (error) {
    // some failures are thrown, such as E2BIG, and the others told as an event
    return { group: undefined, ended: Promise.resolve({ code: codeOf(error) }) }
  }
}

function endOf(child: ChildProcess): Promise<Ended> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: codeOf(error) }))
    child.once('exit', (exitCode, signal) =>
      resolve({ exitCode: exitCode ?? undefined, signal: signal ?? undefined }),
    )
  })
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error)
}

/** Begins a process that reads `input`; it may leave some of it unread. Nothing of execa's own killing or throwing. */
export async function spawnWithInput(
  file: string,
  args: readonly string[],
  { input, ...options }: SpawnOptions & { readonly input: string },
): Promise<Spawned> {
  const { execa } = await import('execa')
  const child = execa(file, args, {
    input,
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
