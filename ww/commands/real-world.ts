import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import type { Directories } from '../config/directories.ts'
import type { Settings } from '../config/settings.ts'
import { lockData } from '../data/data-lock.ts'
import { DataMarks } from '../data/marks.ts'
import { Announcer, type Channels } from '../hooks/announcer.ts'
import { HookEnvironment } from '../hooks/environment.ts'
import { findServices, inspectHook } from '../hooks/file.ts'
import { type HookRunner, runHook } from '../hooks/run.ts'
import { runSchedules } from '../hooks/schedule.ts'
import { startService } from '../hooks/service.ts'
import type { Announcement, World } from '../lifecycle/world.ts'
import { awaitRequired } from '../probe/requires.ts'
import { sweep } from '../processes/sweep.ts'

/** What the real world is made of; the telling of news is the composition root's. */
export type WorldParts = {
  readonly env: NodeJS.ProcessEnv
  readonly directories: Directories
  readonly settings: Settings
  readonly bootId: string
  readonly log: Log
  /** Whose lives a process ends with, should the lifecycle itself end by a bug; told of each group. */
  readonly onGroup: (group: number, running: boolean) => void
} & Pick<World, 'publishMonitor'> &
  Pick<Channels, 'record' | 'postLifecycle' | 'postStats' | 'settlePosts'>

/** The lifecycle's door to this machine. */
export function createWorld(parts: WorldParts): World {
  const { directories, settings, bootId, log } = parts
  const environment = new HookEnvironment(parts.env, directories, settings, bootId)
  const hurry = new AbortController()
  const announcing = new Set<number>()
  const runner: HookRunner = {
    hooks: directories.hooks,
    run: directories.run,
    killAfter: Math.min(settings.killAfter, settings.stop.grace / 4),
    hurry: hurry.signal,
    environment: (call) => environment.forCall(call),
    onGroup: parts.onGroup,
  }
  const announcingRunner: HookRunner = {
    ...runner,
    onGroup: (group, running) => {
      parts.onGroup(group, running)
      if (running) announcing.add(group)
      else announcing.delete(group)
    },
  }
  const hasHook = (name: string): boolean => inspectHook(`${directories.hooks}/${name}`).kind !== 'blank'
  const announcer = new Announcer({
    ...parts,
    hasHook,
    runHook: (call, signal) => runHook(announcingRunner, call, signal),
    limits: settings.timeouts,
  })
  const data = new DataMarks(directories.data)
  return {
    now: () => performance.timeOrigin + performance.now(),
    random: Math.random,
    sleep,
    info: log.info,
    warn: log.warn,
    hasHook,
    runHook: (call, signal) => runHook(runner, call, signal),
    serviceHooks: () => findServices(directories.hooks),
    startService: (name, call) => startService(runner, name, call, settings.serve.signal),
    hurry: () => hurry.abort(),
    inspectData: () => data.inspect(),
    lockData: (signal) => lockData(directories.data, `${settings.instance} (boot ${bootId})`, signal, log),
    beginFirstboot: () => data.begin(bootId),
    markInitialised: () => data.complete(settings.version, bootId),
    awaitRequired: (requires, limit, signal) =>
      awaitRequired(requires, limit, signal, { log, env: parts.env }),
    runSchedules: (run, signal) => runSchedules(settings.schedule, run, signal, { log, random: Math.random }),
    sweep: (patience) => sweep(patience, { bootId, spared: () => announcing, hurry: hurry.signal }),
    announce: (announcement: Announcement) => announcer.announce(announcement),
    pushStats: (json) => announcer.pushStats(json),
    settleAnnouncements: (limit) => announcer.settle(limit),
    publishMonitor: parts.publishMonitor,
  }
}
