import type { AppView, InstanceView } from '../model.ts'
import type { StreamMessage } from '../stream-message.ts'

/** The fleet as the page knows it. */
export type FleetState = {
  readonly instances: ReadonlyMap<string, InstanceView>
  readonly apps: readonly AppView[]
}

/** Nothing is known yet. */
export const emptyFleet: FleetState = { instances: new Map(), apps: [] }

/** The fleet after one more message of the stream. */
export function applyMessage(state: FleetState, message: StreamMessage): FleetState {
  if (message.type === 'snapshot')
    return { instances: new Map(message.instances.map((view) => [view.id, view])), apps: message.apps }
  const instances = new Map(state.instances)
  for (const view of message.instances) instances.set(view.id, view)
  for (const id of message.gone) instances.delete(id)
  return { instances, apps: message.apps.length > 0 ? message.apps : state.apps }
}
