import type { ScheduleNotice, ServiceNotice } from '../hooks/channels.ts'
import type { Announcement } from '../lifecycle/world.ts'

/** Who reports: the same in every event of a boot. */
export type Identity = {
  readonly app: string
  readonly instance: string
  readonly version: string
  readonly bootId: string
  readonly labels: Readonly<Record<string, string>>
  /** Changes with the configuration. */
  readonly configHash: string
}

/** What an event is about: the word in its type, after `whaleware.`. */
export const eventKinds = ['lifecycle', 'service', 'schedule', 'stats'] as const

/** One of them. */
export type EventKind = (typeof eventKinds)[number]

/** A CloudEvents 1.0 event in JSON. */
export type CloudEvent = {
  readonly specversion: '1.0'
  /** Boot id and sequence: the same in every attempt to deliver it, so that a receiver counts it once. */
  readonly id: string
  readonly source: string
  readonly type: `whaleware.${EventKind}`
  readonly subject: string
  /** ISO 8601. */
  readonly time: string
  readonly datacontenttype: 'application/json'
  readonly data: object
}

/** Makes the events of one boot, numbering them from 1. `interval` is the time to the next push in milliseconds. */
export class EventMaker {
  readonly #identity: Identity
  readonly #interval: number
  #sequence = 0

  constructor(identity: Identity, interval: number) {
    this.#identity = identity
    this.#interval = interval
  }

  lifecycle({ at, ...announcement }: Announcement): CloudEvent {
    return this.#make('whaleware.lifecycle', at, announcement)
  }

  service({ at, ...notice }: ServiceNotice): CloudEvent {
    return this.#make('whaleware.service', at, { ...notice, at: toIso(at) })
  }

  schedule({ at, nextAt, ...notice }: ScheduleNotice): CloudEvent {
    const times = { nextAt: nextAt === null ? null : toIso(nextAt), at: toIso(at) }
    return this.#make('whaleware.schedule', at, { ...notice, ...times })
  }

  stats(at: number, state: string, stats: unknown): CloudEvent {
    return this.#make('whaleware.stats', at, { state, stats })
  }

  #make(type: CloudEvent['type'], at: number, facts: object): CloudEvent {
    this.#sequence += 1
    const { app, instance, bootId } = this.#identity
    return {
      specversion: '1.0',
      id: `${bootId}-${this.#sequence}`,
      source: `/whaleware/${encodeURIComponent(app)}/${encodeURIComponent(instance)}`,
      type,
      subject: instance,
      time: toIso(at),
      datacontenttype: 'application/json',
      data: { ...this.#identity, sequence: this.#sequence, interval: this.#interval, ...facts },
    }
  }
}

function toIso(ms: number): string {
  return new Date(ms).toISOString()
}
