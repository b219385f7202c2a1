import { existsSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'
import { restoreEnvironment } from '../base/environment.ts'
import { UserError } from '../base/errors.ts'
import { parseRecord } from '../base/record.ts'
import { type Directories, findRun, locateDirectories } from '../config/directories.ts'
import { examineLayers } from '../config/examine.ts'
import { describeFileError } from '../config/file-error.ts'
import { isObject, type JsonObject } from '../config/json.ts'
import { parseJson } from '../config/parse-json.ts'
import type { Settings } from '../config/settings.ts'
import { readStatus } from '../instance/read-status.ts'
import { statusPath } from '../instance/status-file.ts'
import { refuseUser } from '../instance/steer.ts'
import { type LifecycleState, lifecycleChart } from '../lifecycle/chart.ts'

/** What `ww hook` knows of the running instance: what that has written down, and what the kernel knows of its process. */
export type HookInstance = {
  readonly directories: Directories
  readonly settings: Settings
  readonly bootId: string
  /** What a hook sees in WW_STATE and WW_PREVIOUS_STATE. */
  readonly state: LifecycleState
  readonly previous: LifecycleState | null
  readonly reason: string
  /** The environment that the instance was started with. */
  readonly env: NodeJS.ProcessEnv
  /** The working directory of its hooks; null where it cannot be read. */
  readonly cwd: string | null
}

/** Finds the instance that is running, also one that is held or hangs; a UserError says why there is none. */
export async function findHookInstance(own: NodeJS.ProcessEnv): Promise<HookInstance> {
  const run = findRun(own)
  // root is refused too: what its hook creates in /data, the instance could not change
  const refusal = refuseUser(run)
  if (refusal) throw refusal
  const seen = readStatus(run)
  if (seen === null)
    throw new UserError(`no instance has booted in ${run}; from outside: docker exec CONTAINER ww hook NAME`)
  if (!seen.alive) throw new UserError(`no instance is running: ${seen.state}: ${seen.reason}`)
  const { bootId, previous } = readFacts(run)
  const env = joinEnvironments(own, readEnvironment(seen.pid))
  const directories = { ...locateDirectories(env), run }
  const config = await readConfiguration(directories)
  // the schema accepted it at boot, and its secrets are read
  const { settings } = await examineLayers([{ source: 'cfg.json', value: config }], env, {
    schema: '',
    hostname: hostname(),
  })
  const state = parseState(seen.state) ?? 'UP'
  return {
    ...{ directories, settings, bootId, state, env },
    previous: state === 'HELD' ? 'ERROR' : parseState(previous),
    reason: seen.reason,
    cwd: readWorkingDirectory(seen.pid),
  }
}

/** What the head of the status file does not have. */
function readFacts(run: string): { readonly bootId: string; readonly previous: string | null } {
  const text = readFileSync(statusPath(run), 'utf8')
  const facts = parseRecord(text.slice(text.indexOf('\n{') + 1)) ?? {}
  const { bootId, previous } = facts
  return {
    bootId: typeof bootId === 'string' ? bootId : '',
    previous: typeof previous === 'string' ? previous : null,
  }
}

/**
 * What the instance has counts, since its ENTRYPOINT may have changed it; what only this command has is added, such as
 * `docker exec -e`, without what belongs to the hook or the service that called this.
 */
function joinEnvironments(own: NodeJS.ProcessEnv, instance: NodeJS.ProcessEnv | null): NodeJS.ProcessEnv {
  if (instance === null) return own
  const ofCaller = /^(WW_|NOTIFY_SOCKET$|WATCHDOG_)/
  const added = Object.entries(own).filter(([name]) => !ofCaller.test(name))
  return { ...Object.fromEntries(added), ...instance }
}

/** The environment that a process was started with; null where the kernel does not show it. */
function readEnvironment(pid: number): NodeJS.ProcessEnv | null {
  try {
    const entries = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0')
    const env: NodeJS.ProcessEnv = {}
    for (const entry of entries) {
      const at = entry.indexOf('=')
      if (at > 0) env[entry.slice(0, at)] = entry.slice(at + 1)
    }
    restoreEnvironment(env)
    return Object.keys(env).length > 0 ? env : null
  } catch {
    return null
  }
}

function readWorkingDirectory(pid: number): string | null {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return null
  }
}

/** The configuration that the instance has saved: in the run directory only where it could not be saved in etc. */
async function readConfiguration({ home, run }: Directories): Promise<JsonObject> {
  const path = existsSync(`${run}/cfg.json`) ? `${run}/cfg.json` : `${home}/etc/cfg.json`
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new UserError(`cannot read ${path}: ${describeFileError(error)}; start the instance again`)
  }
  const config = await parseJson(text, path)
  return isObject(config) ? config : {}
}

function parseState(text: string | null): LifecycleState | null {
  return text !== null && isState(text) ? text : null
}

function isState(text: string): text is LifecycleState {
  return Object.hasOwn(lifecycleChart.states, text)
}
