import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import type { Directories } from '../config/directories.ts'
import type { ServiceLookups } from '../config/service-lookups.ts'
import type { Settings } from '../config/settings.ts'
import { lockData } from '../data/data-lock.ts'
import { DataMarks } from '../data/marks.ts'
import { Announcer } from '../hooks/announcer.ts'
import type { AnnouncementSender, ScheduleNotice } from '../hooks/channels.ts'
import { HookEnvironment } from '../hooks/environment.ts'
import { inspectHook } from '../hooks/file.ts'
import { Pipes } from '../hooks/pipes.ts'
import { type HookRunner, runHook } from '../hooks/run.ts'
import { runSchedules } from '../hooks/schedule.ts'
import { ScheduleHistory, type ScheduleReport } from '../hooks/schedule-report.ts'
import type { ScheduleTable } from '../hooks/schedule-table.ts'
import type { Limits } from '../lifecycle/limits.ts'
import type { Announcement, Clock, World } from '../lifecycle/world.ts'
import { type Logs, spareLogs } from '../logs/logs.ts'
import { awaitRequired } from '../probe/requires.ts'
import type { Session } from '../processes/session.ts'
import { sweep } from '../processes/sweep.ts'
import { createServiceWorld } from './service-world.ts'

/** Time on this machine. It does not jump when somebody sets the clock. */
export const clock: Clock = { now: () => performance.now(), sleep }

/** What the lifecycle's world is made of. */
export type WorldParts = Pick<
  World,
  'publish' | 'publishMonitor' | 'publishServices' | 'publishDoing' | 'announceService'
> & {
  /** The environment of the application, which hooks get. */
  readonly env: NodeJS.ProcessEnv
  readonly directories: Directories
  readonly settings: Settings
  readonly bootId: string
  readonly log: Log
  readonly logs: Logs
  readonly limits: Limits
  readonly sender: AnnouncementSender
  readonly lookups: ServiceLookups
  readonly schedules: ScheduleTable
  /** Called with each announcement at once: for the status, the event log and the boot record. */
  record(announcement: Announcement): void
  /** Called with what each schedule does, for the status. */
  publishSchedule(report: ScheduleReport): void
  /** Called with the failures and recoveries of schedules, for the event log. */
  recordSchedule(notice: ScheduleNotice): void
  /** Called with each session that is started here, and again when it has ended. */
  onSession(session: Session, running: boolean): void
}

/** Makes the world of a lifecycle from the rooms that know this machine. */
export function createWorld(parts: WorldParts): World {
  const { directories, settings, bootId, log, limits, onSession } = parts
  const environment = new HookEnvironment(parts.env, directories, settings, bootId)
  const runner: HookRunner = {
    hooks: directories.hooks,
    pipes: new Pipes([directories.run, '/dev/shm']),
    logs: parts.logs,
    environment: (call) => environment.forCall(call),
    onSession,
  }
  // beside the first hooks, so that the monitor, which UP waits for, does not wait for its pipe
  if (inspectHook(`${directories.hooks}/monitor`).kind === 'runnable') void runner.pipes.prepare()
  const announcing = new Set<number>()
  const announcingRunner: HookRunner = {
    ...runner,
    onSession(session, running) {
      onSession(session, running)
      if (running) announcing.add(session.pid)
      else announcing.delete(session.pid)
    },
  }
  const hasHook = (name: string): boolean => inspectHook(`${directories.hooks}/${name}`).kind !== 'blank'
  const announcer = new Announcer({
    hasHook,
    runHook: (call, limit) => runHook(announcingRunner, call, limit),
    record: parts.record,
    sender: parts.sender,
    limits,
    timeouts: settings.timeouts,
    log,
  })
  const data = new DataMarks(directories.data)
  const history = new ScheduleHistory()
  return {
    ...clock,
    date: Date.now,
    random: Math.random,
    info: log.info,
    warn: log.warn,
    error: log.error,
    advise: log.advise,
    reportBug(error, where) {
      log.error(
        `bug: in ${where}; report it to the maintainers of whaleware, with these lines and ww --version`,
      )
      for (const line of String(error instanceof Error ? error.stack : error).split('\n')) log.error(line)
    },
    hasHook,
    runHook: (call, limit) => runHook(runner, call, limit),
    ...createServiceWorld(runner, parts),
    publishServices: parts.publishServices,
    publishDoing: parts.publishDoing,
    lastLineOf: (name) => parts.logs.lastLineOf(name),
    announceService(report) {
      parts.announceService(report)
      const { name: service, state, previous, reason, restarts, pid, since: at } = report
      announcer.noticeService({ service, state, previous, reason, restarts, pid, at })
    },
    inspectData: () => data.inspect(),
    lockData: (verb, limit) => lockData(directories.data, { instance: settings.instance, verb }, limit, log),
    beginFirstboot: () => data.begin(bootId),
    markInitialised: () => data.complete(settings.version, bootId),
    awaitRequired: (requires, limit) => awaitRequired(requires, limit, { log, env: parts.env }),
    runSchedules: (run, signal) =>
      runSchedules(parts.schedules, run, signal, {
        ...{ log, random: Math.random, history, onSchedule: parts.publishSchedule },
        onNotice(notice) {
          parts.recordSchedule(notice)
          announcer.noticeSchedule(notice)
        },
      }),
    sweep: (limit) => sweep(limit, { bootId, excluded: () => spareLogs(announcing, parts.logs) }),
    announce: (announcement) => announcer.announce(announcement),
    publish: parts.publish,
    publishMonitor: parts.publishMonitor,
    pushStats: (json) => announcer.pushStats(json),
    flushAnnouncements: (limit) => announcer.flush(limit),
  }
}
