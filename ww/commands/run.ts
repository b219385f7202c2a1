import { readFileSync } from 'node:fs'
import { exitCode, UserError } from '../base/errors.ts'
import { log } from '../base/log.ts'
import { findDirectories } from '../config/directories.ts'
import { fingerprint } from '../config/fingerprint.ts'
import { loadConfiguration } from '../config/load.ts'
import { saveConfiguration } from '../config/save.ts'
import { BootRecord } from '../data/boot-record.ts'
import { answerRequest } from '../instance/answer.ts'
import { EventLog } from '../instance/event-log.ts'
import { startProbes } from '../instance/probes.ts'
import { SignalBox } from '../instance/signal-box.ts'
import { StatusFile } from '../instance/status-file.ts'
import { startLifecycle } from '../lifecycle/lifecycle.ts'
import { openPosts } from '../notify/notifier.ts'
import { endCrashedBoot } from '../processes/crashed-boot.ts'
import { signalGroup } from '../processes/group.ts'
import { onLastResort } from '../processes/signals.ts'
import { createWorld } from './real-world.ts'

export const usage = `
Usage: ww run

Takes the server of this image through its life: BOOT, FIRSTBOOT, UPGRADING, WARMUP, UP, and on
SIGTERM to STOPPED. It is what /ww/run, the image's ENTRYPOINT, calls.

  CFG='{"memory": 400}'   configuration as JSON, or the path of a JSON file; merged over
                          /ww/etc/default_cfg.json
  CFG_FILE=/path          configuration as a JSON file

Exit codes: 0 stopped cleanly, 1 ended in ERROR, 78 bad configuration (nothing was run).
`

/** Builds the world, wires the lifecycle to signals, the command line and the probes, and waits for its end. */
export async function run(args: string[]): Promise<number> {
  if (args.length > 0) {
    throw new UserError(
      `ww run takes no arguments, but got: ${args.join(' ')} (another program: docker run --entrypoint)`,
      exitCode.usage,
    )
  }
  const signals = new SignalBox()
  const directories = findDirectories(process.env)
  const configuration = await loadConfiguration(process.env, directories)
  const { settings } = configuration
  saveConfiguration(configuration, directories)

  // the kernel's own, since node:crypto takes 9 ms to load
  const bootId = readFileSync('/proc/sys/kernel/random/uuid', 'latin1').trim()
  const identity = { app: settings.app, instance: settings.instance, version: settings.version, bootId }
  const status = new StatusFile(directories.run, identity)
  const events = new EventLog(directories.run)
  const record = BootRecord.open([`${directories.data}/.ww`, directories.run], bootId)
  if (record?.crash) await endCrashedBoot(record.crash.bootId, log)
  const configHash = settings.notify.url === null ? '' : await fingerprint(configuration.config)
  const posts = openPosts(settings, { bootId, configHash }, directories, log)
  const groups = new Set<number>()

  const world = createWorld({
    env: process.env,
    directories,
    settings,
    bootId,
    log,
    onGroup: (group, running) => (running ? groups.add(group) : groups.delete(group)),
    record(announcement) {
      log.info(`${announcement.state}: ${announcement.reason}`)
      status.enter(announcement)
      events.append({ ...announcement, bootId })
      record?.note(announcement.state, announcement.at)
      if (announcement.state === 'UP') collectGarbageSoon()
    },
    publishMonitor: (result) => status.monitored(result),
    postLifecycle: (announcement) => posts.lifecycle(announcement),
    postStats: (json) => posts.stats(json, status.status.state),
    settlePosts: (limit) => posts.settle(limit),
  })
  const probes = await startProbes(settings.listen, () => status.status, log.warn)
  const lifecycle = startLifecycle(world, settings, record?.crash)
  signals.deliverTo(lifecycle)
  // loaded while the first hook runs: sockets take 5 ms to load
  const control = import('../instance/socket.ts').then(({ serveControl }) =>
    serveControl(directories.run, (command) => answerRequest(lifecycle, command)),
  )
  onLastResort(() => {
    for (const group of groups) signalGroup(group, 'SIGKILL')
  })

  // nothing else may hold the process: not the socket, not a signal that may come
  const alive = setInterval(() => {}, 2 ** 30)
  const code = await lifecycle.done
  if (code !== 0 && settings.onError === 'hold') {
    log.warn('held for inspection (ww.on_error is "hold"): stop the container when you have seen enough')
    await signals.stopped
  }
  clearInterval(alive)
  ;(await control).close()
  await probes?.close()
  posts.close()
  record?.close()
  return code
}

/** What start-up left behind is given back once, when there is time; `/ww/run` exposes the collector. */
function collectGarbageSoon(): void {
  setTimeout(() => globalThis.gc?.(), 1000).unref()
}
