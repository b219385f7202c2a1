import type { AlertRecord } from './alert-record.ts'
import type { SendPace } from './alert-sender.ts'
import type { InstanceView } from './model.ts'

/** What the alerts stand on. */
export type AlertWorld = {
  readonly fleet: { views(): readonly InstanceView[] }
  readonly clock: { now(): number; sleep(ms: number, signal: AbortSignal): Promise<void> }
  /** Where the record is kept: null at first. */
  readonly place: { read(): Promise<unknown>; write(record: AlertRecord): Promise<void> }
  /** How to post, when not as usual. */
  readonly sendPace?: SendPace
  warn(line: string): void
}
