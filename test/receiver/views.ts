import type { InstanceView } from '../../ww/receiver/model.ts'

/** An instance as it is told of at the epoch, UP; what is not given is as usual. */
export function makeView(instance: string, more: Partial<InstanceView> = {}): InstanceView {
  const app = more.app ?? 'shop'
  const state = more.state ?? 'UP'
  const began = new Date(0).toISOString()
  return {
    ...{ id: `${app}:${instance}`, app, instance, host: 'a', version: '1', labels: {}, configHash: '5f' },
    ...{ bootId: 'b', state, previous: null, reason: '', since: began, heardAt: began, interval: 30_000 },
    ...{ silence: null, stuck: false, status: state, stats: null, statsAt: null },
    ...{ restarts: { hour: 0, day: 0 }, missing: 0 },
    ...more,
  }
}

/** One that was last heard at a time, too long ago. */
export function makeLost(instance: string, more: Partial<InstanceView> = {}, heardAt = 0): InstanceView {
  const heard = new Date(heardAt).toISOString()
  return makeView(instance, { status: 'LOST', silence: 'lost', heardAt: heard, ...more })
}
