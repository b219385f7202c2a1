import { formatList } from '../base/text.ts'
import type { ProcessIdentity } from './process-identity.ts'
import { type InstanceStatus, toJson } from './status.ts'
import { listForTables, listPlain } from './status-lists.ts'

/**
 * The status file, in three parts that sh needs not understand beyond their first words: a head of `name value` lines
 * for `ww health`, `ww wait` and the terminal, the lines of `ww status | cat`, and the JSON, whose second line is what
 * differs when the process has vanished. sh reads it line by line and never runs it.
 */
export function renderStatusFile(status: InstanceStatus, identity: ProcessIdentity): string {
  const { pid, started, kernel, init } = identity
  const lines = [
    `process ${pid} ${started} ${kernel} ${init}`,
    `state ${status.state} ${status.ready ? 1 : 0} ${toSeconds(status.since)}`,
    `reason ${onOneLine(status.reason)}`,
    `instance ${onOneLine(status.instance)}`,
    `title ${onOneLine([status.app, status.version, 'on', status.instance].filter(Boolean).join(' '))}`,
    ...renderTrouble(status),
    `boot ${toSeconds(status.bootedAt)} ${status.restarts}`,
    ...renderMonitor(status.monitor),
    ...listForTables(status),
    '--',
    ...renderPlain(status),
    ...renderJson(status),
  ]
  return `${lines.join('\n')}\n`
}

/** A text without tabs, line breaks and what else controls a terminal, as every line of output needs it. */
export function onOneLine(text: string): string {
  return text.trim().replace(/\p{Cc}/gu, ' ')
}

function renderMonitor(monitor: InstanceStatus['monitor']): string[] {
  if (!monitor) return []
  const { ok, at, nextAt, output } = monitor
  return [
    `monitor ${ok ? 1 : 0} ${toSeconds(at)} ${toSeconds(nextAt)}`,
    ...(output.trim() === '' ? [] : [`output ${onOneLine(output)}`]),
  ]
}

/** What is wrong although the instance may be UP: services that failed, and the crash of the boot before. */
function renderTrouble({ crash, services }: InstanceStatus): string[] {
  const failed = services.filter(({ state }) => state === 'failed').map(({ name }) => name)
  const troubles = [
    ...(failed.length > 0 ? [`${formatList(failed.sort())} failed; see ww why`] : []),
    ...(crash ? [describeCrash(crash)] : []),
  ]
  return troubles.length > 0 ? [`trouble ${troubles.join('; ')}`] : []
}

function describeCrash({ state, oomKilled }: NonNullable<InstanceStatus['crash']>): string {
  return `the previous boot crashed in ${state}${oomKilled ? ': out of memory' : ''}`
}

/** `key: value` lines, what is asked for most often first. */
function renderPlain(status: InstanceStatus): string[] {
  const { services: _, schedules: __, why: ___, ...shown } = toJson(status)
  const { state, ready, since, previous, reason, attempt, restarts, ...rest } = shown
  const lines: string[] = []
  const visit = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) lines.push(`${path}: ${onOneLine(String(value ?? ''))}`)
    else for (const [key, item] of Object.entries(value)) visit(item, path === '' ? key : `${path}.${key}`)
  }
  visit({ state, ready, since, previous, reason, attempt, restarts, ...rest }, '')
  return [...lines, ...listPlain(status)]
}

/** One object on three lines: what is before `state`, `state` to `reason`, and the rest. */
function renderJson(status: InstanceStatus): string[] {
  const json = toJson(status)
  const keys = Object.keys(json)
  const entries = keys.map((key) => `${JSON.stringify(key)}:${JSON.stringify(json[key])}`)
  const from = keys.indexOf('state')
  const to = keys.indexOf('reason') + 1
  return [
    `{${entries.slice(0, from).join(',')},`,
    entries.slice(from, to).join(','),
    `,${entries.slice(to).join(',')}}`,
  ]
}

function toSeconds(ms: number): number {
  return Math.floor(ms / 1000)
}
