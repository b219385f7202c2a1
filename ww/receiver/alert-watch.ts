import { randomUUID } from 'node:crypto'
import { findDue } from './alert-due.ts'
import { groupAlerts } from './alert-groups.ts'
import { wordMessage } from './alert-message.ts'
import { AlertPersistence } from './alert-persistence.ts'
import { type AlertRecord, goOn, parseAlertRecord } from './alert-record.ts'
import type { AlertSettings } from './alert-rules.ts'
import { AlertSender, type Deliveries, usualPace } from './alert-sender.ts'
import type { AlertWorld } from './alert-world.ts'
import { type Alert, evaluate } from './alerts.ts'
import type { InstanceView } from './model.ts'
import { MuteList } from './mute-list.ts'

/** How often the fleet is looked at, in milliseconds. */
const pace = 5000

/** Looks at the fleet again and again, and tells the webhooks of what begins and of what is over. */
export class AlertWatch {
  readonly mutes: MuteList
  /** Where the page is. */
  base = ''
  readonly #world: AlertWorld
  readonly settings: AlertSettings
  readonly #senders: readonly AlertSender[]
  readonly #closed = new AbortController()
  #alerts: readonly Alert[]
  /** The instances that are not as they were at the last look, by an event or by time. */
  readonly #changed = new Set<string>()
  readonly #unwatch: () => void
  #leads = false
  readonly #kept: AlertPersistence
  #looking: Promise<void> = Promise.resolve()

  private constructor(settings: AlertSettings, world: AlertWorld, { alerts }: AlertRecord) {
    this.settings = settings
    this.#world = world
    this.#alerts = alerts
    this.#unwatch = world.fleet.watch(({ changed }) => {
      for (const id of changed) this.#changed.add(id)
    })
    this.mutes = new MuteList(world.places.mutes, () => world.clock.now())
    this.#kept = new AlertPersistence(world.places.alerts, world.warn)
    const done = (): void => void this.#save()
    this.#senders = settings.webhooks.map(
      (webhook) => new AlertSender(webhook, world.sendPace ?? usualPace, done, world.warn),
    )
  }

  /** Goes on from what was kept. */
  static async open(settings: AlertSettings, world: AlertWorld): Promise<AlertWatch> {
    const watch = new AlertWatch(settings, world, parseAlertRecord(await world.places.alerts.read()))
    await watch.mutes.read()
    // who asks at once is answered with what fires now
    watch.#alerts = evaluate(watch.#alerts, world.fleet.views(), settings.rules, world.clock.now())
    return watch
  }

  /** Begins to look; `base` is where the page is when the settings don't say. */
  start(base: string): void {
    this.base = this.settings.page ?? base
    this.#looking = this.#lookAgainAndAgain()
  }

  /** What fires, or was resolved within the hour. */
  alerts(): readonly Alert[] {
    return this.#alerts.filter(({ status }) => status !== 'pending')
  }

  /** How it went with the webhooks. */
  deliveries(): readonly Deliveries[] {
    return this.#senders.map(({ deliveries }) => deliveries)
  }

  async close(): Promise<void> {
    this.#closed.abort()
    this.#unwatch()
    await this.#looking
    await Promise.all(this.#senders.map((sender) => sender.close()))
    await this.#kept.settle()
  }

  async #lookAgainAndAgain(): Promise<void> {
    const { signal } = this.#closed
    while (!signal.aborted) {
      await this.#look()
      await this.#world.clock.sleep(pace, signal)
    }
  }

  async #look(): Promise<void> {
    // another receiver may have been told; when they can't be read, those known hold on
    await this.mutes.read().catch(() => {})
    await this.#checkLead()
    const now = this.#world.clock.now()
    const before = this.alerts()
    this.#alerts = evaluate(this.#alerts, this.#viewConcerned(), this.settings.rules, now)
    if (!this.#leads) return
    this.#tell('firing', now)
    this.#tell('resolved', now)
    const after = this.alerts()
    const isChanged = after.length !== before.length || after.some((alert, i) => alert !== before[i])
    if (isChanged || !this.#kept.isSaved) await this.#save()
  }

  /** Who has changed or has an alert; for all the others what was judged before still holds. */
  #viewConcerned(): InstanceView[] {
    const ids = new Set([...this.#changed, ...this.#alerts.map(({ id }) => id)])
    this.#changed.clear()
    return [...ids].flatMap((id) => this.#world.fleet.view(id) ?? [])
  }

  /** Several receivers may watch one fleet: one of them tells, and goes on where the one before it ended. */
  async #checkLead(): Promise<void> {
    try {
      const leads = await this.#world.leads()
      if (leads && !this.#leads) {
        const { alerts, outgoing } = parseAlertRecord(await this.#world.places.alerts.read())
        this.#alerts = goOn(alerts, this.#alerts)
        for (const message of outgoing) this.#senders.find(({ url }) => url === message.url)?.send(message)
      }
      this.#leads = leads
    } catch {
      // while nobody can say, it stays as it is
    }
  }

  #tell(status: 'firing' | 'resolved', now: number): void {
    const due = findDue(this.#alerts, status, {
      mutes: this.mutes.current(),
      gather: this.settings.gather,
      now,
    })
    if (due.length === 0) return
    for (const group of groupAlerts(due, this.#world.fleet.views())) {
      const body = JSON.stringify(wordMessage(group, status, this.base, now))
      for (const sender of this.#senders) sender.send({ id: randomUUID(), url: sender.url, body })
    }
    const told = new Set(due)
    this.#alerts = this.#alerts.map((alert) => (told.has(alert) ? { ...alert, told: status } : alert))
  }

  async #save(): Promise<void> {
    // nobody is told, so there is nothing to be remembered, nor to be written over what another receiver tells
    if (this.#senders.length === 0) return
    await this.#kept.save(() => ({
      alerts: this.alerts(),
      outgoing: this.#senders.flatMap(({ waiting }) => waiting),
    }))
  }
}
