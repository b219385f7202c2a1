import { readFileSync } from 'node:fs'
import { replaceFile } from '../base/files.ts'
import { findProcess, type Process } from '../processes/list.ts'

/** The process group that was started last for a target, by the pid of its first process and when that began. */
type Group = { readonly group: number; readonly started: number }

/** Which process group is which target's, written down for the supervisor after this one. */
export class TargetGroups {
  readonly #file: string
  readonly #groups: Map<string, Group>

  constructor(file: string) {
    this.#file = file
    this.#groups = readGroups(file)
  }

  /** Notes the group of a target that was just started. */
  note(url: string, group: number): void {
    const leader = findProcess(group)
    if (!leader) return
    this.#groups.set(url, { group, started: leader.started })
    try {
      replaceFile(this.#file, JSON.stringify(Object.fromEntries(this.#groups)), 0o600)
    } catch {
      // a full disk must not keep a target from being started; the next supervisor then knows it by its environment
    }
  }

  /** The target of each group that is still the one that was started, and no later one with the same number. */
  whose(processes: readonly Process[]): Map<number, string> {
    const pids = new Map(processes.map((process) => [process.pid, process]))
    const same = [...this.#groups].filter(([, { group, started }]) => {
      const leader = pids.get(group)
      // while a member is left, the kernel gives its number to nobody else
      return leader === undefined || leader.started === started
    })
    return new Map(same.map(([url, { group }]) => [group, url]))
  }
}

function readGroups(file: string): Map<string, Group> {
  try {
    const groups: unknown = JSON.parse(readFileSync(file, 'utf8'))
    if (typeof groups !== 'object' || groups === null) return new Map()
    return new Map(
      Object.entries(groups).flatMap(([url, noted]: [string, unknown]): [string, Group][] => {
        if (typeof noted !== 'object' || noted === null || !('group' in noted && 'started' in noted))
          return []
        return [[url, { group: Number(noted.group), started: Number(noted.started) }]]
      }),
    )
  } catch {
    // none, or one cut short
    return new Map()
  }
}
