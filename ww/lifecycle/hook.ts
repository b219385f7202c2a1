import type { LifecycleState } from './chart.ts'
import type { Limit } from './limit.ts'

/** One call of a hook. */
export type HookCall = {
  readonly name: string
  readonly args?: readonly string[]
  /** The state that the hook sees in WW_STATE, steps of stopping included, and in WW_PREVIOUS_STATE. */
  readonly state: LifecycleState
  readonly previous: LifecycleState | null
  /** Added to what every hook gets. */
  readonly env?: Readonly<Record<string, string>>
  /** Written to its standard input, which is empty otherwise. */
  readonly input?: string
  /** Read its standard output (1 MiB at most) instead of passing it on. */
  readonly capture?: boolean
}

/** How a process ended, or why it never began. */
export type ProcessEnd =
  | { readonly kind: 'exited'; readonly code: number }
  | { readonly kind: 'killed'; readonly signal: string; readonly outOfMemory: boolean }
  /** The reason says what to do, such as `/ww/usr/serve is not executable; run chmod +x /ww/usr/serve`. */
  | {
      readonly kind: 'unrunnable'
      readonly reason: string
      /** The machine had no process, memory or descriptor to spare; that may be different the next time. */
      readonly temporary?: boolean
    }

/** How a hook ended. `ms` is how long it ran; `output` what it printed, when captured, or an empty text. */
export type HookResult =
  /** There is nothing to do: no process was started. */
  | { readonly kind: 'absent' }
  | { readonly kind: 'ended'; readonly end: ProcessEnd; readonly ms: number; readonly output: string }
  /** It was ended at its limit. `abandoned`: it could not be killed, and is left to the sweep. */
  | {
      readonly kind: 'timedOut'
      readonly limit: number
      readonly ms: number
      readonly abandoned: boolean
      readonly output: string
    }
  /** It was ended, or not begun, because its state was left or a stop was forced. */
  | { readonly kind: 'aborted'; readonly ms: number; readonly abandoned: boolean }
  /** It was ended because it printed more than 1 MiB into the capture. */
  | { readonly kind: 'flooded'; readonly ms: number; readonly abandoned: boolean }

/** A running `serve` or `serve-NAME` hook. */
export type Service = {
  readonly name: string
  /** Null when it could not be started; `ended` says why. */
  readonly pid: number | null
  /** Resolves when its main process has ended. */
  readonly ended: Promise<ProcessEnd>
  /** Sends `ww.serve.signal` at once, whatever `limit.end` says; SIGKILL and giving up as the limit says. */
  stop(limit: Limit): Promise<ServiceStop>
}

/** How a service took its stop. `abandoned`: even SIGKILL did not end it. */
export type ServiceStop = { readonly killed: boolean; readonly abandoned: boolean }
