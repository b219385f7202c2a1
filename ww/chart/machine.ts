/**
 * The runner of charts. Its rules:
 *
 * - Each state has one activity: an async function that runs while the machine is in that state and returns the
 *   event that ends it, with a reason in words. Hooks, timers, back-off and kill-after are all activities, so a
 *   timer dies with its state and can never fire in another one.
 * - An event from outside (`send`) is answered by the chart. Leaving a state aborts its activity, with the event as
 *   the abort reason; the next state is entered only when the old activity has settled, and what an aborted
 *   activity returns is dropped.
 * - While the machine is on its way out of a state, it counts as being where it is going: a further event is
 *   answered from there, and a state that was passed on the way is never entered.
 * - An event that the chart ignores or does not answer changes nothing when it is sent. Returned by an activity it
 *   is a bug, and surfaces in `done` as any other error thrown by an activity does.
 * - A final state's activity runs too; when it has settled, `done` resolves with that state.
 */
import { type Chart, isFinal, next } from './chart.ts'

/** The event that ends a state, and why, in words. */
export type Outcome<Event extends string> = { readonly event: Event; readonly reason?: string | undefined }

/** What runs while a machine is in a state. A final state's activity returns nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: an activity of a final state is a plain async function without a result
export type Activity<Event extends string> = (signal: AbortSignal) => Promise<Outcome<Event> | void>

/** How a machine came into a state; `event` and `from` are absent for the initial one. */
export type Entry<State extends string, Event extends string> = {
  readonly state: State
  readonly from?: State
  readonly event?: Event
  readonly reason?: string | undefined
}

/** What a machine needs: a chart, an activity for each state, and who is told of each state entered. */
export type MachineParts<State extends string, Event extends string> = {
  readonly chart: Chart<State, Event>
  readonly activities: { readonly [S in State]: Activity<Event> }
  readonly onEnter?: (entry: Entry<State, Event>) => void
}

/** A running machine. */
export type Machine<State extends string, Event extends string> = {
  /** The state it is in, or, while the old activity settles, the one it is going to. */
  readonly state: State
  /** Sends an event from outside; false when it is ignored or not answered in this state. */
  send(event: Event, reason?: string): boolean
  /** Resolves with the final state; rejects with what an activity threw. */
  readonly done: Promise<State>
}

/** Starts a machine in the initial state of its chart. */
export function startMachine<State extends string, Event extends string>(
  parts: MachineParts<State, Event>,
): Machine<State, Event> {
  const { chart, activities, onEnter } = parts
  let current: Entry<State, Event> = { state: chart.initial }
  let leaving = new AbortController()

  function leaveFor(target: State, { event, reason }: Outcome<Event>): void {
    current = { state: target, from: current.state, event, reason }
    leaving.abort(event)
  }

  async function run(): Promise<State> {
    for (;;) {
      const entered = current
      leaving = new AbortController()
      onEnter?.(entered)
      const outcome = await activities[entered.state](leaving.signal)
      if (current !== entered) continue
      if (isFinal(chart, entered.state)) return entered.state
      const target = outcome && next(chart, entered.state, outcome.event)
      if (!outcome || !target) {
        throw new Error(
          `the activity of ${entered.state} ended with ${outcome?.event ?? 'no event'}, which leads nowhere`,
        )
      }
      leaveFor(target, outcome)
    }
  }

  return {
    get state() {
      return current.state
    },
    send(event, reason) {
      const target = next(chart, current.state, event)
      if (!target) return false
      leaveFor(target, { event, reason })
      return true
    },
    // a turn later, so that the caller holds the machine before the first state is entered
    done: Promise.resolve().then(run),
  }
}
