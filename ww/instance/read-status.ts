import { readFileSync } from 'node:fs'
import { isOfThisContainer, isSameProcess, type ProcessIdentity } from './process-identity.ts'
import { statusPath } from './status-file.ts'

/** What another process sees of an instance; DEAD: its process vanished. */
export type SeenStatus = {
  readonly pid: number
  readonly state: string
  readonly ready: boolean
  readonly reason: string
  readonly instance: string
  /** Whether its process is alive. */
  readonly alive: boolean
}

/** The status of the current boot; null when none has booted, or only an earlier run of this container. */
export function readStatus(run: string): SeenStatus | null {
  const fields = readHead(run)
  const [pid = '', started = '', kernel = '', init = ''] = fields.get('process')?.split(' ') ?? []
  const [state = '', ready] = fields.get('state')?.split(' ') ?? []
  if (state === '') return null
  const identity: ProcessIdentity = { pid: Number(pid), started, kernel, init }
  if (!isOfThisContainer(identity)) return null
  const seen = {
    pid: identity.pid,
    instance: fields.get('instance') ?? '',
    reason: fields.get('reason') ?? '',
  }
  if (isSameProcess(identity)) return { ...seen, state, ready: ready === '1', alive: true }
  const ended = state === 'STOPPED' || state === 'ERROR'
  if (ended) return { ...seen, state, ready: false, alive: false }
  const reason = `process ${pid} vanished in ${state}`
  return { ...seen, state: 'DEAD', ready: false, reason, alive: false }
}

function readHead(run: string): Map<string, string> {
  try {
    const [head = ''] = readFileSync(statusPath(run), 'utf8').split('\n--\n', 1)
    return new Map(head.split('\n').map((line) => splitOnce(line)))
  } catch {
    return new Map()
  }
}

function splitOnce(line: string): [string, string] {
  const at = line.indexOf(' ')
  return at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)]
}
