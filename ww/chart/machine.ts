/**
 * Runs a chart. The rules:
 *
 * - Each state has one activity: an async function that runs while the machine is in that state and returns the
 *   event that ends it, with the reason as a sentence. Hooks, timers and back-off are all activities, so a timer dies
 *   with its state and can never fire in another one.
 * - The chart decides what an event from outside (`send`) does. Leaving a state aborts its activity; the next state is
 *   entered only when the old activity has settled, and what an aborted activity returns is discarded.
 * - While the old activity settles, the machine counts as being in the state that it is going to: a further event is
 *   decided from there, and a state that was only passed through is never entered.
 * - An event that the chart ignores, or does not accept, changes nothing when it is sent. Returned by an activity it is
 *   a bug, as any error is that an activity throws: `onThrow` turns it into an event of the chart; without `onThrow` it
 *   surfaces in `done`.
 * - The activity of a final state runs too; when it has settled, `done` resolves with that state.
 */
import { type Chart, isFinal, next } from './chart.ts'

/** The event that ends a state; why, as a sentence; and facts about it for the log. */
export type Outcome<Event extends string> = {
  readonly event: Event
  readonly reason?: string | undefined
  readonly facts?: readonly string[] | undefined
}

/** What runs while a machine is in a state. A final state's activity returns nothing. */
// biome-ignore lint/suspicious/noConfusingVoidType: an activity of a final state is a plain async function without a result
export type Activity<Event extends string> = (signal: AbortSignal) => Promise<Outcome<Event> | void>

/** How a machine came into a state; `event` and `from` are absent for the initial one. */
export type Entry<State extends string, Event extends string> = Partial<Outcome<Event>> & {
  readonly state: State
  readonly from?: State
}

/** What a machine needs: a chart, an activity for each state, and observers, which decide nothing. */
export type MachineParts<State extends string, Event extends string> = {
  readonly chart: Chart<State, Event>
  readonly activities: { readonly [S in State]: Activity<Event> }
  /** Called when a state is entered, before its activity starts. */
  readonly onEnter?: (entry: Entry<State, Event>) => void
  /** Called at the instant at which a state is left, before its activity has settled. */
  readonly onLeave?: (entry: Entry<State, Event>) => void
  /** Called with what was thrown in a state; the event that it returns ends that state, unless it is final. */
  readonly onThrow?: (thrown: unknown, state: State) => Outcome<Event>
}

/** A running machine. */
export type Machine<State extends string, Event extends string> = {
  /** The state it is in or, while the old activity settles, the one it is going to. */
  readonly state: State
  /** Sends an event from outside; false when this state ignores it or does not accept it. */
  send(event: Event, reason?: string): boolean
  /** Resolves with the final state; rejects with what an activity threw. */
  readonly done: Promise<State>
}

/** Starts a machine in the initial state of its chart. */
export function startMachine<State extends string, Event extends string>(
  parts: MachineParts<State, Event>,
): Machine<State, Event> {
  const { chart, activities, onEnter, onLeave, onThrow } = parts
  let current: Entry<State, Event> = { state: chart.initial }
  let leaving = new AbortController()

  function leaveFor(target: State, outcome: Outcome<Event>): void {
    const from = current.state
    current = { ...outcome, state: target, from }
    try {
      onLeave?.(current)
    } catch (thrown) {
      if (!onThrow) throw thrown
      // the state is being left anyway
      onThrow(thrown, from)
    }
    leaving.abort(outcome.event)
  }

  async function run(): Promise<State> {
    for (;;) {
      const entered = current
      leaving = new AbortController()
      const outcome = await runActivity(entered)
      if (current !== entered) continue
      const target = outcome && next(chart, entered.state, outcome.event)
      if (!outcome || !target) return entered.state
      leaveFor(target, outcome)
    }
  }

  /** The event that ends the state; none in a final state. */
  async function runActivity(entered: Entry<State, Event>): Promise<Outcome<Event> | null> {
    const { state } = entered
    try {
      onEnter?.(entered)
      const outcome = await activities[state](leaving.signal)
      if (isFinal(chart, state)) return null
      if (current !== entered || (outcome && next(chart, state, outcome.event))) return outcome ?? null
      throw new Error(
        `${state} ended with ${outcome?.event ?? 'no event'}, which the chart does not accept there`,
      )
    } catch (thrown) {
      if (!onThrow) throw thrown
      return onThrow(thrown, state)
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
    // in a later microtask, so that the caller has the machine before the first state is entered
    done: Promise.resolve().then(run),
  }
}
