import { parseRecord } from '../base/record.ts'
/** What can be requested of a running instance. */
export type ControlRequest = {
  readonly command: 'restart' | 'stop' | 'start' | 'monitor' | 'reload'
  /** The service that it is about; without it, the instance. */
  readonly service?: string
  /** Whether the reply waits for the result. */
  readonly wait?: boolean
}

/** Its response: whether it does so, a sentence, and for `monitor` what the monitor printed. */
export type ControlReply = {
  readonly ok: boolean
  readonly message: string
  readonly output?: string
  /** How long the step may take, in milliseconds: how long a client waits for it unless it was given a time. */
  readonly limitMs?: number
  /** What was named does not exist: the command line was wrong. */
  readonly unknown?: boolean
  /** The configuration that was read is invalid; the message has one line for each problem. */
  readonly invalid?: boolean
  /** All services are being restarted: it is done when the instance is UP again. */
  readonly restarting?: boolean
}

const commands = ['restart', 'stop', 'start', 'monitor', 'reload'] as const

/** Reads a line as a request; null when it is none. */
export function parseRequest(line: string): ControlRequest | null {
  const value = parseRecord(line)
  const command = commands.find((name) => name === value?.command)
  if (command === undefined) return null
  const wait = value?.wait !== false
  return typeof value?.service === 'string' ? { command, wait, service: value.service } : { command, wait }
}

/** Reads a line as a reply; null when it is none. */
export function parseReply(line: string): ControlReply | null {
  const value = parseRecord(line)
  if (!value || typeof value.ok !== 'boolean' || typeof value.message !== 'string') return null
  const { ok, message, output, limitMs, unknown, invalid, restarting } = value
  return {
    ok,
    message,
    ...(typeof output === 'string' ? { output } : {}),
    ...(typeof limitMs === 'number' ? { limitMs } : {}),
    ...(unknown === true ? { unknown } : {}),
    ...(invalid === true ? { invalid } : {}),
    ...(restarting === true ? { restarting } : {}),
  }
}
