import type { AppView, InstanceView } from './model.ts'

/**
 * What `GET /v1/stream` sends: `snapshot` first, then `change`s; nothing is lost in between. The id of each
 * server-sent event is a cursor; a reader that comes back with it as Last-Event-ID gets what changed since, or a new
 * snapshot. When there is nothing to tell for 15 s, an event named `beat` says that somebody is there.
 */
export type StreamMessage =
  | {
      readonly type: 'snapshot'
      readonly now: string
      readonly instances: readonly InstanceView[]
      readonly apps: readonly AppView[]
    }
  | {
      readonly type: 'change'
      readonly now: string
      readonly instances: readonly InstanceView[]
      /** All apps when one of them has changed; empty otherwise. */
      readonly apps: readonly AppView[]
      /** Ids of instances that are kept no longer. */
      readonly gone: readonly string[]
    }
