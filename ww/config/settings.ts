import type { readTable } from './settings-table.ts'

export type { Schedule } from './schedule-kind.ts'
export type { ReadyProbe, ServiceSettings } from './services-kind.ts'

type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T

/** whaleware's own settings after parsing: every duration in milliseconds, every default filled in. */
export type Settings = DeepReadonly<ReturnType<typeof readTable>>

/** The hooks that run under a time limit of their own in `ww.timeouts`. */
export type LimitedHook = Exclude<keyof Settings['timeouts'], 'scheduled' | 'ready'>

/** When and how often the services are restarted. */
export type RestartSettings = Settings['restart']

/** Where lifecycle events and stats go without a hook of the author's. */
export type NotifySettings = Settings['notify']
