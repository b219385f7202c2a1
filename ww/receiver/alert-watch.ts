import { randomUUID } from 'node:crypto'
import { findDue } from './alert-due.ts'
import { groupAlerts } from './alert-groups.ts'
import { wordMessage } from './alert-message.ts'
import { type AlertRecord, parseAlertRecord } from './alert-record.ts'
import type { AlertSettings } from './alert-rules.ts'
import { AlertSender, usualPace } from './alert-sender.ts'
import type { AlertWorld } from './alert-world.ts'
import { type Alert, evaluate } from './alerts.ts'
import type { InstanceView } from './model.ts'
import { type Mute, parseMute } from './mutes.ts'

/** How often the fleet is looked at, in milliseconds. */
const pace = 5000

/** Looks at the fleet again and again, and tells the webhooks of what begins and of what is over. */
export class AlertWatch {
  readonly #world: AlertWorld
  readonly #settings: AlertSettings
  readonly #senders: readonly AlertSender[]
  readonly #closed = new AbortController()
  #alerts: readonly Alert[]
  #mutes: readonly Mute[]
  #base = ''
  #isSaved = true
  #saving: Promise<void> = Promise.resolve()
  #looking: Promise<void> = Promise.resolve()

  private constructor(settings: AlertSettings, world: AlertWorld, record: AlertRecord) {
    this.#settings = settings
    this.#world = world
    this.#alerts = record.alerts
    this.#mutes = record.mutes
    this.#senders = settings.webhooks.map((webhook) => {
      // a failure is told by the save itself
      const done = (): void => void this.#save().catch(() => {})
      const sender = new AlertSender(webhook, world.sendPace ?? usualPace, done, world.warn)
      for (const message of record.outgoing.filter(({ url }) => url === webhook.url)) sender.send(message)
      return sender
    })
  }

  /** Goes on from what was kept. */
  static async open(settings: AlertSettings, world: AlertWorld): Promise<AlertWatch> {
    return new AlertWatch(settings, world, parseAlertRecord(await world.place.read()))
  }

  /** Begins to look; `base` is where the page is when the settings don't say. */
  start(base: string): void {
    this.#base = this.#settings.page ?? base
    this.#looking = this.#lookAgainAndAgain()
  }

  get base(): string {
    return this.#base
  }

  /** What fires, or was resolved within the hour. */
  alerts(): readonly Alert[] {
    return this.#alerts.filter(({ status }) => status !== 'pending')
  }

  /** What nobody is told of now. */
  mutes(): readonly Mute[] {
    return this.#mutes.filter(({ until }) => until > this.#world.clock.now())
  }

  /** Mutes what `data` says, durably; the answer is a sentence when it is wrong. */
  async mute(data: unknown): Promise<Mute | string> {
    const mute = parseMute(data, randomUUID(), this.#world.clock.now())
    if (typeof mute !== 'string') await this.#changeMutes([...this.mutes(), mute])
    return mute
  }

  /** Ends a mute, durably; false when there is none with this id. */
  async unmute(id: string): Promise<boolean> {
    const rest = this.mutes().filter((mute) => mute.id !== id)
    if (rest.length === this.mutes().length) return false
    await this.#changeMutes(rest)
    return true
  }

  async close(): Promise<void> {
    this.#closed.abort()
    await this.#looking
    await Promise.all(this.#senders.map((sender) => sender.close()))
    await this.#saving
  }

  async #lookAgainAndAgain(): Promise<void> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      await this.#look()
      await this.#world.clock.sleep(pace, signal)
    }
  }

  async #look(): Promise<void> {
    const now = this.#world.clock.now()
    const views = this.#world.fleet.views()
    const before = this.alerts()
    this.#alerts = evaluate(this.#alerts, views, this.#settings.rules, now)
    this.#tell('firing', views, now)
    this.#tell('resolved', views, now)
    const after = this.alerts()
    const isChanged = after.length !== before.length || after.some((alert, i) => alert !== before[i])
    if (isChanged || !this.#isSaved) await this.#save().catch(() => {})
  }

  #tell(status: 'firing' | 'resolved', views: readonly InstanceView[], now: number): void {
    const due = findDue(this.#alerts, status, { mutes: this.#mutes, gather: this.#settings.gather, now })
    for (const group of groupAlerts(due, views)) {
      const body = JSON.stringify(wordMessage(group, status, this.#base, now))
      for (const sender of this.#senders) sender.send({ id: randomUUID(), url: sender.url, body })
    }
    const told = new Set(due)
    this.#alerts = this.#alerts.map((alert) => (told.has(alert) ? { ...alert, told: status } : alert))
  }

  async #changeMutes(mutes: readonly Mute[]): Promise<void> {
    const before = this.#mutes
    this.#mutes = mutes
    try {
      await this.#save()
    } catch (error) {
      this.#mutes = before
      throw error
    }
  }

  async #save(): Promise<void> {
    const saved = this.#saving.then(() =>
      this.#world.place.write({
        ...{ alerts: this.alerts(), mutes: this.mutes() },
        outgoing: this.#senders.flatMap(({ waiting }) => waiting),
      }),
    )
    this.#saving = saved.catch(() => {})
    try {
      await saved
      this.#isSaved = true
    } catch (error) {
      // once, not at every look
      if (this.#isSaved)
        this.#world.warn(`cannot keep alerts: ${error instanceof Error ? error.message : error}`)
      this.#isSaved = false
      throw error
    }
  }
}
