import { parseRecord } from '../base/record.ts'
/** What can be requested of a running instance. */
export type ControlRequest = {
  readonly command: 'restart' | 'stop' | 'monitor'
  /** Whether the reply waits for the monitor's result. */
  readonly wait?: boolean
}

/** Its response: whether it does so, a sentence, and for `monitor` what the monitor printed. */
export type ControlReply = {
  readonly ok: boolean
  readonly message: string
  readonly output?: string
  /** How long the step may take, in milliseconds: how long a client waits for it unless it was given a time. */
  readonly limitMs?: number
}

const commands = ['restart', 'stop', 'monitor'] as const

/** Reads a line as a request; null when it is none. */
export function parseRequest(line: string): ControlRequest | null {
  const value = parseRecord(line)
  const command = commands.find((name) => name === value?.command)
  return command === undefined ? null : { command, wait: value?.wait !== false }
}

/** Reads a line as a reply; null when it is none. */
export function parseReply(line: string): ControlReply | null {
  const value = parseRecord(line)
  if (!value || typeof value.ok !== 'boolean' || typeof value.message !== 'string') return null
  const { ok, message, output, limitMs } = value
  return {
    ok,
    message,
    ...(typeof output === 'string' ? { output } : {}),
    ...(typeof limitMs === 'number' ? { limitMs } : {}),
  }
}
