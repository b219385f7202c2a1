import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnnouncedState } from '../../ww/lifecycle/chart.ts'
import { EventMaker } from '../../ww/notify/event.ts'
import { Keys } from '../../ww/receiver/keys.ts'
import { type Limits, usualLimits } from '../../ww/receiver/limits.ts'
import { type Receiver, serveReceiver } from '../../ww/receiver/serve.ts'
import { openSqliteStore } from '../../ww/receiver/sqlite-store.ts'

/** The events of one boot, as instances make them. */
export function makeSender(bootId: string, { app = 'shop', instance = 'web-1', interval = 30_000 } = {}) {
  const identity = { app, instance, version: '1.2', bootId, labels: { host: 'a' }, configHash: '5f' }
  const maker = new EventMaker(identity, interval)
  return {
    entered: (state: AnnouncedState, reason = '', at = Date.now()) =>
      maker.lifecycle({ state, previous: null, reason, attempt: 0, previousMs: 0, at }),
    pushed: (stats: unknown, at = Date.now()) => maker.stats(at, 'UP', stats),
  }
}

// so long that no test depends on the day on which it runs; what retention removes is tested on the stores
const century = 100 * 365 * 86_400_000
const kept = { stats: century, minutes: century, hours: century, events: century, instances: century }
const retention = { ...kept, bytes: 1e9 }

/** What is asked of a receiver beside the method and the path. */
export type Ask = { headers?: Record<string, string>; body?: string; signal?: AbortSignal }

/** A receiver on a file, for a test. */
export class TestReceiver {
  readonly root = mkdtempSync(join(tmpdir(), 'ww-receiver-'))
  readonly warnings: string[] = []
  readonly #keys: Keys
  readonly #limits: Limits
  readonly #pages: number | null
  #receiver: Receiver | null = null

  constructor({ keys = [] as string[], readTokens = [] as string[], limits = {}, pages = 0 } = {}) {
    this.#keys = new Keys(keys, readTokens)
    this.#limits = { ...usualLimits, ...limits }
    this.#pages = pages === 0 ? null : pages
  }

  get url(): string {
    return this.#receiver?.url ?? ''
  }

  /** Starts it, or starts it again. */
  async start(): Promise<this> {
    const store = await openSqliteStore(join(this.root, 'fleet.db'), this.#pages)
    this.#receiver = await serveReceiver(store, {
      ...{ host: '127.0.0.1', port: 0, tls: null, keys: this.#keys, limits: this.#limits, retention },
      ...{ more: [], warn: (line: string) => void this.warnings.push(line) },
    })
    return this
  }

  async stop(): Promise<void> {
    await this.#receiver?.close()
    this.#receiver = null
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.root, { recursive: true, force: true })
  }

  /** Asks it: `GET /v1/instances`. */
  ask(what: string, options: Ask = {}): Promise<Response> {
    const [method = '', path = ''] = what.split(' ')
    return fetch(`${this.url}${path}`, { method, ...options })
  }

  /** The status alone. */
  async status(what: string, options: Ask = {}): Promise<number> {
    const answer = await this.ask(what, options)
    await answer.text()
    return answer.status
  }

  /** The JSON that it answers with. */
  async read<Shape>(what: string, headers: Record<string, string> = {}): Promise<Shape> {
    return (await this.ask(what, { headers })).json() as Promise<Shape>
  }

  /** Reports one event, or several as a batch. */
  report(events: object | readonly object[], headers: Record<string, string> = {}): Promise<Response> {
    const type = Array.isArray(events) ? 'cloudevents-batch+json' : 'cloudevents+json'
    return this.ask('POST /v1/events', {
      headers: { 'content-type': `application/${type}`, ...headers },
      body: JSON.stringify(events),
    })
  }

  /** Reports, and gives the status and the JSON. */
  async answerTo(events: object | readonly object[], headers: Record<string, string> = {}) {
    const answer = await this.report(events, headers)
    return [answer.status, (await answer.json()) as unknown] as const
  }
}
