import { accessSync, constants, mkdirSync } from 'node:fs'
import type { Log } from '../base/log.ts'
import type { Directories } from '../config/directories.ts'
import type { Settings } from '../config/settings.ts'
import type { Announcement } from '../lifecycle/world.ts'
import { type CloudEvent, EventMaker, type Identity } from './event.ts'
import { Outbox } from './outbox.ts'
import { Sender } from './sender.ts'

/** What whaleware posts by itself to `ww.notify.url`, for want of a hook. */
export type Posts = {
  lifecycle(announcement: Announcement): void
  stats(json: string, state: string): void
  /** Resolves when all has arrived, or after `limit` milliseconds; what has not is kept for the next boot. */
  settle(limit: number): Promise<void>
  close(): void
}

/** Opens the outbox, and sends what an earlier boot has left in it; does nothing without a URL. */
export function openPosts(
  settings: Settings,
  { bootId, configHash }: Pick<Identity, 'bootId' | 'configHash'>,
  directories: Directories,
  log: Log,
): Posts {
  const { notify, app, instance, version, labels } = settings
  const { url } = notify
  if (url === null) return { lifecycle() {}, stats() {}, settle: async () => {}, close() {} }
  const maker = new EventMaker({ app, instance, version, bootId, labels, configHash }, settings.monitor.every)
  const outbox = new Outbox(findPlace(directories), notify.keep, bootId.slice(0, 8), log.warn)
  const sender = new Sender(outbox, { ...notify, url }, log)
  const post = (event: CloudEvent): void => {
    try {
      outbox.append(event)
    } catch (error) {
      // reporting never fails the lifecycle
      log.warn(`cannot keep an event in the outbox: ${error instanceof Error ? error.message : error}`)
    }
    sender.wake()
  }
  return {
    lifecycle: (announcement) => post(maker.lifecycle(announcement)),
    stats(json, state) {
      const stats = parseStats(json)
      if (stats) post(maker.stats(Date.now(), state, stats))
      else if (json !== '') log.warn('monitor printed no JSON object, so there are no stats to report')
    },
    settle: (limit) => sender.drain(limit, settings.stop.announce),
    close: () => sender.close(),
  }
}

/** Under /data, so that what a dead night left unsaid is said at the next boot; else beside the volatile state. */
function findPlace({ data, run }: Directories): string {
  try {
    mkdirSync(`${data}/.ww/outbox`, { recursive: true })
    accessSync(`${data}/.ww/outbox`, constants.W_OK)
    return `${data}/.ww/outbox`
  } catch {
    return `${run}/outbox`
  }
}

function parseStats(json: string): object | null {
  try {
    const stats: unknown = JSON.parse(json)
    return typeof stats === 'object' && stats !== null && !Array.isArray(stats) ? stats : null
  } catch {
    return null
  }
}
