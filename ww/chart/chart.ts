/**
 * A state chart as plain data: the initial state, and for each state the events it answers and where each leads.
 * `null` says that the event is heard in that state and rightly ignored; an absent event is not answered at all.
 * A state that answers nothing is final.
 */
export type Chart<State extends string = string, Event extends string = string> = {
  readonly initial: State
  readonly states: { readonly [S in State]: { readonly [E in Event]?: State | null } }
}

/** Types a chart by its own words, so that a misspelt target does not compile. */
export function defineChart<const State extends string, const Event extends string>(
  chart: Chart<State, Event>,
): Chart<State, Event> {
  return chart
}

/** The state that `event` leads to from `state`; null when it is ignored there, undefined when it is not answered. */
export function next<State extends string, Event extends string>(
  chart: Chart<State, Event>,
  state: State,
  event: Event,
): State | null | undefined {
  const answers = chart.states[state]
  return Object.hasOwn(answers, event) ? answers[event] : undefined
}

/** Whether `state` has no way out. */
export function isFinal<State extends string>(chart: Chart<State>, state: State): boolean {
  return Object.values(chart.states[state]).every((target) => target === null)
}

/** The names of all states, in the order in which the chart lists them. */
export function statesOf<State extends string>(chart: Chart<State>): State[] {
  return Object.keys(chart.states) as State[]
}

/** The names of all events that any state answers, in order of first appearance. */
export function eventsOf<State extends string, Event extends string>(chart: Chart<State, Event>): Event[] {
  const all = statesOf(chart).flatMap((state) => Object.keys(chart.states[state]) as Event[])
  return [...new Set(all)]
}

/** The states that can be reached from the initial one. */
export function reachable<State extends string>(chart: Chart<State>): Set<State> {
  const seen = new Set<State>([chart.initial])
  for (const state of seen) {
    for (const target of Object.values<State | null | undefined>(chart.states[state]))
      if (target) seen.add(target)
  }
  return seen
}
