import { readFileSync } from 'node:fs'
import { describeEnd } from '../lifecycle/outcome.ts'
import { findAccount } from '../processes/account.ts'
import { listProcesses, type Process } from '../processes/list.ts'
import { type SpawnOptions, spawn } from '../processes/spawn.ts'
import type { TargetConfig } from './target/config.ts'
import type { TargetProcess } from './target/world.ts'
import type { TargetGroups } from './target-groups.ts'

/** In the environment of whatever is started for a target, so that the next supervisor knows it, too. */
const mark = 'WW_TARGET='

/** How long a look at all processes is good for, in milliseconds: many targets ask in the same moment. */
const fresh = 50

/**
 * The processes that were started for targets: found by their environment, so that daemons that called setsid are, too,
 * and by their process group, since servers such as nginx and redis write their titles over their environment.
 */
export class TargetProcesses {
  readonly #env: NodeJS.ProcessEnv
  readonly #groups: TargetGroups
  readonly #children = new Map<string, number>()
  #marked = new Map<string, number[]>()
  #lookedAt = Number.NEGATIVE_INFINITY

  constructor(env: NodeJS.ProcessEnv, groups: TargetGroups) {
    this.#env = env
    this.#groups = groups
  }

  /** Starts a target's command in a process group of its own. */
  start(target: TargetConfig): TargetProcess {
    const { url, run } = target
    const child = spawn('/bin/sh', ['-c', run ?? ''], { stdout: 'inherit', ...this.contextOf(target) })
    const { pid } = child
    if (pid !== null) {
      this.#children.set(url, pid)
      this.#groups.note(url, pid)
    }
    const ended = child.ended.then((end) => {
      if (this.#children.get(url) === pid) this.#children.delete(url)
      this.#lookedAt = Number.NEGATIVE_INFINITY
      return { ok: end.kind === 'exited' && end.code === 0, what: describeEnd('its command', end) }
    })
    return { pid, ended }
  }

  /** Where, as whom and with which environment a target's commands run. */
  contextOf({ url, env, cwd, user }: TargetConfig): Pick<SpawnOptions, 'env' | 'cwd' | 'uid' | 'gid'> {
    const { home, ...account } = (user === null ? null : findAccount(user)) ?? { home: null }
    const itself = home === null || user === null ? {} : { HOME: home, USER: user, LOGNAME: user }
    return {
      ...account,
      ...(cwd === null ? {} : { cwd }),
      env: { ...this.#env, ...itself, ...env, WW_TARGET: url },
    }
  }

  /** Those of a target that are alive, the one that was started here first. */
  pidsOf(url: string): number[] {
    const child = this.#children.get(url)
    const others = (this.#look().get(url) ?? []).filter((pid) => pid !== child)
    return child === undefined ? others : [child, ...others]
  }

  #look(): Map<string, number[]> {
    if (performance.now() - this.#lookedAt < fresh) return this.#marked
    this.#marked = new Map()
    const processes = listProcesses().filter(({ pid }) => pid !== process.pid)
    const urls = this.#groups.whose(processes)
    for (const found of processes) {
      const url = urls.get(found.group) ?? readMark(found)
      if (url !== undefined) this.#marked.set(url, [...(this.#marked.get(url) ?? []), found.pid])
    }
    this.#lookedAt = performance.now()
    return this.#marked
  }
}

function readMark({ pid }: Process): string | undefined {
  try {
    const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    return variables.find((variable) => variable.startsWith(mark))?.slice(mark.length)
  } catch {
    // gone, or another user's
    return undefined
  }
}
