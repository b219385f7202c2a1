import type { FormattedLog, Log } from '../base/log.ts'
import type { Settings } from '../config/settings.ts'

/** What a process gets as its standard output and standard error. */
export type Outputs = { readonly stdout: number | 'inherit'; readonly stderr: number | 'inherit' }

/** Where the output of services and hooks goes. */
export type Logs = {
  /** What the next process of this source, a hook's file name, gets; the descriptors stay ours and open. */
  outputsOf(source: string): Outputs
  /** May be called when a process of this source has ended: its last line is printed without waiting for the rest. */
  ended(source: string): void
  /** The last line that the newest process of this source printed, once it has ended; null when it is not known. */
  lastLineOf(source: string): Promise<string | null>
  /** The session of our own process that prints the output; a sweep has to spare it. */
  readonly session: number | null
  /** Prints what is left, as far as it is accepted within `ms` milliseconds. */
  close(ms: number): Promise<void>
}

/** The format `plain`: output goes straight to the container's streams. */
export const plainLogs: Logs = {
  outputsOf: () => ({ stdout: 'inherit', stderr: 'inherit' }),
  ended() {},
  async lastLineOf() {
    return null
  },
  session: null,
  async close() {},
}

/** Marks the end of a service where its output goes, before it can be started again. */
export function markEndOf<S extends { readonly name: string; readonly ended: Promise<unknown> }>(
  service: S,
  logs: Pick<Logs, 'ended'>,
): S {
  void service.ended.then(() => logs.ended(service.name))
  return service
}

/** The sessions that a sweep spares: these, and that of the process that prints the output. */
export function spareLogs(
  sessions: ReadonlySet<number>,
  { session }: Pick<Logs, 'session'>,
): ReadonlySet<number> {
  return session === null ? sessions : new Set([...sessions, session])
}

/** What logs are opened with. */
export type LogsOptions = {
  /** The run directory. */
  readonly run: string
  /** The first of these where FIFOs can be made is made anew, and removed at the end; by default in the run directory. */
  readonly directories?: readonly string[]
  /** How many hooks there are. */
  readonly hooks: number
  readonly bootId: string
  readonly log: Pick<Log, 'warn'>
  /** Starts the log process, up to its verb; by default as this program was started. */
  readonly program?: readonly string[]
}

/** Gives whaleware's own lines the format of the log. */
export async function useLogFormat(
  format: Settings['log']['format'],
  log: Pick<FormattedLog, 'useFormat'>,
): Promise<void> {
  if (format === 'plain') return
  const { lineFormatters } = await import('./line-format.ts')
  log.useFormat(lineFormatters[format])
}

/** Opens the logs of an instance; for the format `plain` nothing is loaded, and nothing runs. */
export async function openLogs(format: Settings['log']['format'], options: LogsOptions): Promise<Logs> {
  if (format === 'plain') return plainLogs
  const { openPrintedLogs } = await import('./printed-logs.ts')
  return openPrintedLogs(format, options)
}
