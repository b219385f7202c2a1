import { formatDuration, formatLimit } from '../base/text.ts'
import type { Outcome } from '../chart/machine.ts'
import type { LifecycleEvent } from './chart.ts'
import type { HookResult, ProcessEnd } from './hook.ts'

/** The exit code by which a hook or a service asks not to be run again. */
const dontTryAgain = 125

/** Whether a hook had nothing to do, or did it. */
export function succeeded(result: HookResult): boolean {
  return result.kind === 'absent' || (result.kind === 'ended' && isSuccess(result.end))
}

/** Whether it makes no sense to run a hook again. */
export function refused(result: HookResult): boolean {
  return result.kind === 'ended' && refusesRestart(result.end)
}

/** Whether it makes no sense to run a process again: it asked not to be, or it cannot be run at all. */
export function refusesRestart(end: ProcessEnd): boolean {
  if (end.kind === 'unrunnable') return !end.temporary
  return end.kind === 'exited' && end.code === dontTryAgain
}

/** Whether a hook was not started because the machine had no room for it, which says nothing of what it does. */
export function hadNoRoom(result: HookResult): boolean {
  return result.kind === 'ended' && result.end.kind === 'unrunnable' && result.end.temporary === true
}

/** The event that a hook's result means for the state that ran it: `ok`, or `failed`, with the reason. */
export function outcomeOf(name: string, result: HookResult): Outcome<LifecycleEvent> {
  return {
    event: succeeded(result) ? 'ok' : 'failed',
    reason: describeHook(name, result),
    facts: factsOf(result),
  }
}

/** How long a hook ran, for the log. */
export function factsOf(result: HookResult): string[] {
  return result.kind === 'ended' && result.end.kind !== 'unrunnable' ? [formatDuration(result.ms)] : []
}

/** How a hook ended, as a sentence, such as `upgrade exited with code 3`. */
export function describeHook(name: string, result: HookResult): string {
  return result.kind === 'absent' ? `no ${name} hook` : `${name} ${describeResult(result)}`
}

/** The same without a name, such as `timed out after 5 min`. */
export function describeResult(result: Exclude<HookResult, { kind: 'absent' }>): string {
  switch (result.kind) {
    case 'ended':
      return isSuccess(result.end) ? 'succeeded' : describeProcessEnd(result.end)
    case 'timedOut':
      return `timed out after ${formatLimit(result.limit)}${unkillable(result)}`
    case 'aborted':
      return `was ended${unkillable(result)}`
    case 'flooded':
      return `printed more than 1 MiB${unkillable(result)}`
  }
}

/** How a process ended, as a sentence, such as `serve was killed by SIGKILL (out of memory)`. */
export function describeEnd(name: string, end: ProcessEnd): string {
  return `${name} ${describeProcessEnd(end)}`
}

/** The same without a name, such as `exited with code 1`. */
export function describeProcessEnd(end: ProcessEnd): string {
  switch (end.kind) {
    case 'exited':
      return `exited with code ${end.code}${refusesRestart(end) ? `, which means "don't try again"` : ''}`
    case 'killed':
      return `was killed by ${end.signal}${end.outOfMemory ? ' (out of memory)' : ''}`
    case 'unrunnable':
      return `cannot be run: ${end.reason}`
  }
}

function isSuccess(end: ProcessEnd): boolean {
  return end.kind === 'exited' && end.code === 0
}

function unkillable({ abandoned }: { abandoned: boolean }): string {
  return abandoned ? ' and could not be killed' : ''
}
