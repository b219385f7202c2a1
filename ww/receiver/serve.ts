import { exitCode, UserError } from '../base/errors.ts'
import { sleep } from '../base/sleep.ts'
import { describeListenError } from '../http/listen.ts'
import { isLoopback } from '../http/loopback.ts'
import type { Route } from '../http/route.ts'
import { serveRoutes, type Tls } from '../http/server.ts'
import { type AlertSettings, usualAlerts } from './alert-rules.ts'
import { AlertWatch } from './alert-watch.ts'
import type { DocumentPlace } from './alert-world.ts'
import { Counters } from './counters.ts'
import { Feed } from './feed.ts'
import { Fleet } from './fleet.ts'
import type { Keys } from './keys.ts'
import { type Limits, RateLimit } from './limits.ts'
import { listRoutes } from './routes.ts'
import type { FleetStore, Retention } from './store.ts'

/** Between two looks at what retention asks for, and between two slices of it, in milliseconds. */
const tidyPace = { look: 60_000, slice: 20 }

/** How to serve. */
export type ReceiverOptions = {
  readonly host: string
  readonly port: number
  readonly tls: Tls | null
  readonly keys: Keys
  readonly limits: Limits
  readonly retention: Retention
  /** What to alert about and whom to tell; as usual when not given. */
  readonly alerts?: AlertSettings
  /** What is served beside the API: the page. */
  readonly more: readonly Route[]
  readonly warn: (line: string) => void
}

/** A running receiver. */
export type Receiver = { readonly url: string; close(): Promise<void> }

/** Refuses to let everybody on the network report, or read what is not meant for everybody. */
export function checkExposure(host: string, keys: Keys): void {
  if (isLoopback(host) || keys.forReporting) return
  throw new UserError(
    `cannot serve at ${host}, which others can reach, without a key: give --key, --key-file or WW_RECEIVER_KEYS`,
    exitCode.configuration,
  )
}

/** Serves a store, which is closed with the receiver. */
export async function serveReceiver(store: FleetStore, options: ReceiverOptions): Promise<Receiver> {
  const { host, port, keys, limits, warn, tls } = options
  const fleet = await Fleet.open(store)
  const feed = new Feed(fleet)
  const counters = new Counters()
  const alerts = await AlertWatch.open(options.alerts ?? usualAlerts, {
    fleet,
    clock: { now: Date.now, sleep },
    leads: () => store.leads(),
    places: { alerts: placeOf(store, 'alerts'), mutes: placeOf(store, 'mutes') },
    warn,
  })
  const service = {
    ...{ store, fleet, feed, alerts, keys },
    limits,
    rate: new RateLimit(limits.rate),
    counters,
    warn,
  }
  const tidying = tidyNowAndThen(store, fleet, options.retention, warn)
  const close = async (): Promise<void> => {
    await tidying.stop()
    await alerts.close()
    feed.close()
    fleet.close()
    await store.close()
  }
  try {
    const routes = [...listRoutes(service), ...options.more]
    const server = await serveRoutes(routes, {
      ...{ listen: { host, port }, bodyLimit: limits.body, warn, tls },
      refused: (code) => counters.countRefusal(code),
    })
    const url = `${tls ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${server.port}`
    alerts.start(url)
    return {
      url,
      async close() {
        await server.close()
        await close()
      },
    }
  } catch (error) {
    await close()
    throw new UserError(`cannot serve at ${host}:${port}: ${describeListenError(error)}`, exitCode.failed, {
      cause: error,
    })
  }
}

function placeOf<Value>(store: FleetStore, name: string): DocumentPlace<Value> {
  return { read: () => store.readDocument(name), write: (value) => store.writeDocument(name, value) }
}

/** Retention in slices, so that nobody who reports waits for it. */
function tidyNowAndThen(
  store: FleetStore,
  fleet: Fleet,
  retention: Retention,
  warn: (line: string) => void,
): { stop(): Promise<void> } {
  let timer: NodeJS.Timeout
  let running: Promise<void> = Promise.resolve()
  let stopped = false
  const tidy = async (): Promise<void> => {
    let pause = tidyPace.look
    try {
      const { more, gone } = await store.tidy(retention, Date.now())
      fleet.forget(gone)
      if (more) pause = tidyPace.slice
    } catch (error) {
      warn(`retention: ${error instanceof Error ? error.message : error}`)
    }
    if (!stopped) plan(pause)
  }
  const plan = (pause: number): void => {
    timer = setTimeout(() => {
      running = tidy()
    }, pause)
  }
  plan(tidyPace.slice)
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
      return running
    },
  }
}
