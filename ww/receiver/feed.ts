import { randomUUID } from 'node:crypto'
import type { Fleet } from './fleet.ts'
import type { StreamMessage } from './stream-message.ts'

/** Changes of so many milliseconds are told together; the apps are looked at less often, since that means everybody. */
const pace = { instances: 100, apps: 1000 }

/** So many messages are kept for readers that come back. */
const kept = 300

/** A word now and then, for proxies and readers to tell a quiet stream from a dead one; in milliseconds. */
const heartbeat = 15_000

/** The live feed of the fleet: the whole of it first, then what changes, to any number of readers. */
export class Feed {
  readonly #fleet: Fleet
  /** Tells the cursors of this receiver's life from those of others. */
  readonly #epoch = randomUUID().slice(0, 8)
  #number = 0
  #messages: { readonly number: number; readonly text: string }[] = []
  #changed = new Set<string>()
  #gone = new Set<string>()
  #timer: NodeJS.Timeout | null = null
  readonly #readers = new Set<() => void>()
  readonly #unwatch: () => void
  #apps = ''
  readonly #appsTimer: NodeJS.Timeout

  constructor(fleet: Fleet) {
    this.#fleet = fleet
    this.#unwatch = fleet.watch(({ changed, gone }) => {
      for (const id of changed) this.#changed.add(id)
      for (const id of gone) this.#gone.add(id)
      this.#timer ??= setTimeout(() => this.#flush(), pace.instances)
    })
    this.#appsTimer = setInterval(() => this.#tellApps(), pace.apps)
  }

  get readers(): number {
    return this.#readers.size
  }

  /** What a reader is told; `cursor` is the id of the last event that it has seen, if any. */
  async *read(cursor: string | null, signal: AbortSignal): AsyncGenerator<string> {
    let wake = (): void => {}
    const turn = (): void => wake()
    this.#readers.add(turn)
    signal.addEventListener('abort', turn)
    try {
      yield 'retry: 1000\n\n'
      let seen = this.#resume(cursor)
      if (seen === null) {
        // what is not told yet is in the snapshot, and told again after it, which changes nothing
        seen = this.#number
        yield this.#snapshot()
      }
      while (!signal.aborted) {
        const oldest = this.#messages[0]?.number ?? this.#number + 1
        if (seen < oldest - 1) {
          seen = this.#number
          yield this.#snapshot()
        }
        for (const { number, text } of this.#messages.filter((message) => message.number > (seen ?? 0))) {
          yield text
          seen = number
        }
        if (signal.aborted || seen < this.#number) continue
        const { promise, resolve } = Promise.withResolvers<void>()
        wake = resolve
        const timer = setTimeout(resolve, heartbeat)
        await promise
        clearTimeout(timer)
        if (seen === this.#number && !signal.aborted) yield `event: beat\ndata: ${now()}\n\n`
      }
    } finally {
      this.#readers.delete(turn)
      signal.removeEventListener('abort', turn)
    }
  }

  close(): void {
    this.#unwatch()
    if (this.#timer) clearTimeout(this.#timer)
    clearInterval(this.#appsTimer)
  }

  #resume(cursor: string | null): number | null {
    const [epoch, text] = cursor?.split('-') ?? []
    const number = Number(text)
    return epoch === this.#epoch && Number.isSafeInteger(number) && number <= this.#number ? number : null
  }

  #snapshot(): string {
    const instances = this.#fleet.views()
    return this.#write(this.#number, { type: 'snapshot', now: now(), instances, apps: this.#fleet.apps() })
  }

  #flush(): void {
    this.#timer = null
    const changed = [...this.#changed]
    const gone = [...this.#gone].filter((id) => !this.#fleet.has(id))
    this.#changed = new Set()
    this.#gone = new Set()
    if (this.#readers.size === 0) {
      this.#skip()
      return
    }
    const instances = changed.flatMap((id) => this.#fleet.view(id) ?? [])
    this.#push({ type: 'change', now: now(), instances, apps: [], gone })
  }

  #tellApps(): void {
    if (this.#readers.size === 0) return
    const apps = this.#fleet.apps()
    const text = JSON.stringify(apps)
    if (text === this.#apps) return
    this.#apps = text
    this.#push({ type: 'change', now: now(), instances: [], apps, gone: [] })
  }

  /** Nobody reads: who comes back gets a snapshot. */
  #skip(): void {
    this.#number += 1
    this.#messages = []
  }

  #push(message: StreamMessage): void {
    this.#number += 1
    this.#messages.push({ number: this.#number, text: this.#write(this.#number, message) })
    if (this.#messages.length > kept) this.#messages.shift()
    for (const wake of this.#readers) wake()
  }

  #write(number: number, message: StreamMessage): string {
    return `id: ${this.#epoch}-${number}\ndata: ${JSON.stringify(message)}\n\n`
  }
}

function now(): string {
  return new Date().toISOString()
}
