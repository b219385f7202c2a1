import type { Log } from '../base/log.ts'
import type { NotifySettings } from '../config/settings.ts'
import type { AnnouncementSender } from '../hooks/channels.ts'
import { type CloudEvent, EventMaker, type Identity } from './event.ts'
import { Outboxes, type OutboxPlaces } from './outboxes.ts'
import { Sender } from './sender.ts'

/** Reports to `ww.notify.url` what no hook of the author reports; what was not delivered is stored for the next boot. */
export type Notifier = AnnouncementSender & { close(): void }

/** What a notifier has to know; `interval` is that of the monitor, in milliseconds. */
export type NotifierSettings = {
  readonly notify: NotifySettings
  readonly identity: Identity
  readonly interval: number
}

/** Opens the outbox, and sends what earlier boots left there; without a URL it does nothing. */
export function openNotifier(
  { notify, identity, interval }: NotifierSettings,
  places: OutboxPlaces,
  log: Pick<Log, 'info' | 'warn'>,
): Notifier {
  const { url } = notify
  if (url === null) return silent
  const maker = new EventMaker(identity, interval)
  const outboxes = new Outboxes(places, notify.keep, log.warn)
  const sender = new Sender(outboxes, { ...notify, url }, log)
  let failing = false
  const post = (event: CloudEvent): void => {
    const problem = outboxes.own.append(event)
    if (problem !== null && !failing) log.warn(`${problem}; until then, events wait in memory`)
    failing = problem !== null
    sender.wake()
  }
  return {
    lifecycle: (announcement) => post(maker.lifecycle(announcement)),
    service: (notice) => post(maker.service(notice)),
    schedule: (notice) => post(maker.schedule(notice)),
    stats(json, state) {
      const stats = parseStats(json)
      if (stats) post(maker.stats(Date.now(), state, stats))
    },
    flush: (limit) => sender.drain(limit),
    close: () => sender.close(),
  }
}

const silent: Notifier = {
  lifecycle() {},
  service() {},
  schedule() {},
  stats() {},
  flush: async () => {},
  close() {},
}

/** Null for anything but an object: such a monitor has failed, and the lifecycle reports that. */
function parseStats(json: string): object | null {
  try {
    const stats: unknown = JSON.parse(json)
    return typeof stats === 'object' && stats !== null && !Array.isArray(stats) ? stats : null
  } catch {
    return null
  }
}
