import { type FleetEvent, instanceId } from './model.ts'
import type { Taken } from './store.ts'

/** An event that has come, the id of its instance, and which of several requests brought it. */
export type Arrival = { readonly event: FleetEvent; readonly instance: string; readonly request: number }

/** The events of several requests, in order. */
export function listArrivals(requests: readonly (readonly FleetEvent[])[]): Arrival[] {
  return requests.flatMap((events, request) =>
    events.map((event) => ({ event, request, instance: instanceId(event.app, event.instance) })),
  )
}

/** How many events of each request are among those that were kept. */
export function countTaken(
  requests: readonly (readonly FleetEvent[])[],
  kept: readonly Arrival[],
): readonly Taken[] {
  const counts = requests.map(() => 0)
  for (const { request } of kept) counts[request] = (counts[request] ?? 0) + 1
  return requests.map(({ length }, request) => {
    const own = counts[request] ?? 0
    return { kept: own, duplicates: length - own }
  })
}
