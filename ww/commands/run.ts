import { readFileSync } from 'node:fs'
import { exitCode, isUserError, UserError } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { readVersion } from '../base/version.ts'
import { findDirectories } from '../config/directories.ts'
import { fingerprint } from '../config/fingerprint.ts'
import { loadConfiguration } from '../config/load.ts'
import { keepConfiguration, saveConfiguration } from '../config/save.ts'
import { ServiceLookups } from '../config/service-lookups.ts'
import { BootRecord, describeCrash } from '../data/boot-record.ts'
import { openInstanceDirectory } from '../data/instance-directory.ts'
import { listHooks } from '../hooks/file.ts'
import { ScheduleTable } from '../hooks/schedule-table.ts'
import { findHookWarnings } from '../hooks/warnings.ts'
import { claimRun } from '../instance/claim-run.ts'
import { serveCommands, serveProbes } from '../instance/endpoints.ts'
import { EventLog } from '../instance/event-log.ts'
import { Reloader } from '../instance/reloader.ts'
import { recordReports } from '../instance/reports.ts'
import { SignalQueue } from '../instance/signal-queue.ts'
import { StatusFile } from '../instance/status-file.ts'
import { clock, createWorld } from '../instance/world.ts'
import { startLifecycle } from '../lifecycle/lifecycle.ts'
import { Limits } from '../lifecycle/limits.ts'
import { openLogs, useLogFormat } from '../logs/logs.ts'
import { openNotifier } from '../notify/notifier.ts'
import { endCrashedBoot } from '../processes/crashed-boot.ts'
import type { Session } from '../processes/session.ts'
import { onLastResort } from '../processes/signals.ts'

export const usage = `
Usage: ww run

Runs the lifecycle of this image's server: BOOT, FIRSTBOOT, UPGRADING, WARMUP, UP, and on SIGTERM STOPPED.
/ww/run, the image's ENTRYPOINT, calls it.

  CFG='{"memory": 400}'   configuration as JSON, or the path of a JSON file; merged over
                          /ww/etc/default_cfg.json
  CFG_FILE=/path          configuration as a JSON file

Exit codes: 0 stopped cleanly, 1 ended in ERROR, 78 invalid configuration (nothing was run).
`

/** Runs an instance; what an operator can fix is logged as one line for each cause. */
export async function run(args: string[]): Promise<number> {
  // before anything else: a signal that arrives early is not lost
  const signals = new SignalQueue()
  if (args.length > 0)
    throw new UserError(`takes no arguments, not ${args.join(' ')}; see ww run --help`, exitCode.usage)
  try {
    return await runInstance(signals)
  } catch (error) {
    if (!isUserError(error)) throw error
    for (const line of error.message.split('\n')) log.error(line)
    return error.exitCode
  }
}

/** Makes the world, connects the lifecycle to signals, the command line and the probes, and waits for its end. */
async function runInstance(signals: SignalQueue): Promise<number> {
  const directories = findDirectories(process.env)
  const { run } = directories
  const claim = claimRun(run)
  if ('inUse' in claim) {
    const fix = 'set WW_RUN to another directory'
    throw new UserError(`cannot use ${run}: ${claim.inUse} is using it; ${fix}`, exitCode.configuration)
  }
  const hookNames = (): string[] => listHooks(directories.hooks)
  const configuration = await loadConfiguration(process.env, directories, hookNames)
  saveConfiguration(configuration, directories)
  const { settings, warnings } = configuration
  const { app, instance, version, labels, notify } = settings
  await useLogFormat(settings.log.format, log)
  const scheduled = Object.keys(settings.schedule)
  for (const line of [...warnings, ...findHookWarnings(directories.hooks, scheduled)]) log.warn(line)

  // the kernel's own, since node:crypto takes 9 ms to load
  const bootId = readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim()
  const status = new StatusFile(run, { app, instance, version, bootId }, log.warn)
  const events = new EventLog(run, log.warn)
  const own = openInstanceDirectory(directories, instance, log.warn)
  const record = new BootRecord(own.path, { instance, bootId }, log.warn)
  const { crash } = record
  if (crash) await endCrashedBoot(crash.bootId, log)
  const key = notify.secret ?? notify.token
  const configHash = notify.url === null ? '' : await fingerprint(configuration.mergeWritten(), key)
  const identity = { app, instance, version, bootId, labels, configHash }
  const sender = openNotifier({ notify, identity, interval: settings.monitor.every }, own, log)
  const limits = new Limits(clock, settings)
  const lookups = new ServiceLookups(configuration.config, directories)
  const schedules = new ScheduleTable(settings.schedule)
  const reloading = { env: process.env, directories, lookups, schedules, log, listHooks: hookNames }
  const reloader = new Reloader(reloading, configuration)
  const logs = await openLogs(settings.log.format, { run, hooks: hookNames().length, bootId, log })
  const sessions = new Set<Session>()

  const world = createWorld({
    env: process.env,
    directories,
    settings,
    bootId,
    log,
    logs,
    limits,
    lookups,
    schedules,
    sender,
    publish(visible) {
      status.publish(visible)
      if (visible.state === 'RESTARTING') keepConfiguration(reloader.configuration, directories, log.warn)
    },
    ...recordReports({ bootId, status, events, record }),
    onSession: (session, running) => void (running ? sessions.add(session) : sessions.delete(session)),
  })
  const probes = await serveProbes(settings.listen, status, log.warn)
  const lifecycle = startLifecycle(world, settings, limits, {
    about: `${version === '' ? app : `${app} ${version}`} on ${instance}, whaleware ${readVersion().version}`,
    crash,
  })
  // after the line of BOOT
  if (crash) queueMicrotask(() => log.warn(describeCrash(crash)))
  signals.attach(lifecycle)
  for (const event of ['uncaughtException', 'unhandledRejection'] as const)
    process.on(event, (error) => lifecycle.fail(error))
  const control = serveCommands(run, lifecycle, settings, reloader, log.warn)
  const over = new AbortController()
  if (settings.reload.on === 'file') void reloader.watch(lifecycle, over.signal)
  onLastResort(() => {
    for (const session of sessions) session.signal('SIGKILL')
  })

  // nothing else may hold the process: not the socket, not a signal that may come
  const alive = setInterval(() => {}, 2 ** 30)
  const code = await lifecycle.done
  await logs.close(Math.max(50, (limits.budget?.deadline ?? clock.now() + 1000) - clock.now()))
  clearInterval(alive)
  over.abort()
  status.flush()
  lookups.remove()
  void control.then((server) => server.close())
  void probes?.close()
  sender.close()
  own.close()
  claim.release()
  return code
}
