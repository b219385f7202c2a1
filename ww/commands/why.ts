import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { exitCode, UserError } from '../base/errors.ts'
import { formatDuration } from '../base/text.ts'
import { findRun } from '../config/directories.ts'
import { readStatus } from '../instance/read-status.ts'
import { statusPath } from '../instance/status-file.ts'
import { refuseUser } from '../instance/steer.ts'
import { parseWhy, renderWhy } from '../instance/why-text.ts'
import { hasEnvironment, listProcesses } from '../processes/list.ts'

export const usage = `
Usage: ww why
Prints what the instance is doing, what it waits for and since when, what failed last, what happens if
nothing changes, and what to try. A line with nothing to report is left out; ww status --json has the same.
Examples:
  ww why
  ww status --json | jq .why
Exit codes: 0 printed, 1 nothing has booted or the instance is dead.
`

/** Linux counts the CPU time of processes in ticks of this many milliseconds. */
const tick = 10

/** Explains the status of the running instance. */
export async function run(args: string[]): Promise<number> {
  parseArgs({ args })
  const directory = findRun(process.env)
  const seen = readStatus(directory)
  if (seen === null)
    throw (
      refuseUser(directory) ?? new UserError(`no instance has booted: there is no ${statusPath(directory)}`)
    )
  if (seen.state === 'DEAD') throw new UserError(`the instance is dead: ${seen.reason}; see docker logs`)
  const [, json = ''] = readFileSync(statusPath(directory), 'utf8').split(/^(?=\{)/m)
  const facts = parseWhy(json)
  if (!facts) throw new UserError(`cannot read ${statusPath(directory)}: it is of another version`)
  const hook = facts.waiting?.hook ?? null
  process.stdout.write(renderWhy(facts, Date.now(), hook === null ? null : describeProcess(hook)))
  return exitCode.ok
}

/** What the process of a hook does: it is the one that leads its session. */
function describeProcess(hook: string): string | null {
  const leaders = listProcesses().filter(({ pid, session }) => pid === session)
  const found = leaders.find(({ pid }) => hasEnvironment(pid, `WW_HOOK=${hook}`))
  if (!found) return null
  const stat = readStat(found.pid)
  const [state = ''] = stat
  const used = formatDuration((Number(stat[11]) + Number(stat[12])) * tick)
  const doing: Readonly<Record<string, string>> = {
    S: 'asleep',
    R: 'running',
    D: 'waiting for a disk',
    T: 'stopped',
  }
  return `pid ${found.pid}, ${doing[state] ?? state}, with ${used} of CPU time`
}

/** The fields of /proc/PID/stat from the state on. */
function readStat(pid: number): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    // it has just ended
    return []
  }
}
