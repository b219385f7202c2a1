import { type FleetEvent, instanceId } from './model.ts'
import type { Taken } from './store.ts'

/** An event that has come, and the id of its instance. */
export type Arrival = { readonly event: FleetEvent; readonly instance: string }

/** The events of a request as they come. */
export function listArrivals(events: readonly FleetEvent[]): Arrival[] {
  return events.map((event) => ({ event, instance: instanceId(event.app, event.instance) }))
}

/** How many events of each request are among those that were kept. */
export function countTaken(
  requests: readonly (readonly Arrival[])[],
  kept: readonly Arrival[],
): readonly Taken[] {
  const all = new Set(kept)
  return requests.map((own) => {
    const fresh = own.filter((arrival) => all.has(arrival)).length
    return { kept: fresh, duplicates: own.length - fresh }
  })
}
