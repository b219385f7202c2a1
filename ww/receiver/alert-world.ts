import type { AlertRecord } from './alert-record.ts'
import type { SendPace } from './alert-sender.ts'
import type { Fleet } from './fleet.ts'
import type { Mute } from './mutes.ts'

/** Where a small value is kept: null at first. */
export type DocumentPlace<Value> = { read(): Promise<unknown>; write(value: Value): Promise<void> }

/** What the alerts stand on. */
export type AlertWorld = {
  readonly fleet: Pick<Fleet, 'views' | 'view' | 'watch'>
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> }
  readonly places: {
    /** Of the one that leads, for whoever leads next. */
    readonly alerts: DocumentPlace<AlertRecord>
    /** For all that keep the same fleet. */
    readonly mutes: DocumentPlace<readonly Mute[]>
  }
  /** Whether it is this receiver that tells the webhooks, of all that keep the same fleet. */
  leads(): Promise<boolean>
  /** How to post, when not as usual. */
  readonly sendPace?: SendPace
  warn(line: string): void
}
