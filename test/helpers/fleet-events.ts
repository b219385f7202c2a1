import type { FleetEvent } from '../../ww/receiver/model.ts'

type Sender = Omit<FleetEvent, 'id' | 'sequence' | 'at' | 'heardAt' | 'kind' | 'state'>
type Entered = Partial<Omit<Extract<FleetEvent, { kind: 'lifecycle' }>, 'sequence' | 'state' | 'at'>>

/** Makes the events of one boot of an instance; what is not given is as usual. */
export function makeBoot(bootId: string, sender: Partial<Sender> = {}) {
  const itself = {
    app: 'shop',
    instance: 'web-1',
    version: '1',
    labels: {},
    interval: 30_000,
    configHash: '5f',
  }
  const common = (sequence: number, at: number) => ({
    id: `${bootId}-${sequence}`,
    ...itself,
    bootId,
    ...sender,
    sequence,
    at,
    heardAt: at,
  })
  return {
    entered: (sequence: number, state: string, at: number, more: Entered = {}): FleetEvent => ({
      ...common(sequence, at),
      kind: 'lifecycle',
      state,
      ...{ previous: null, reason: '', attempt: 0, previousMs: 0, crashed: false },
      ...more,
    }),
    failed: (sequence: number, service: string, at: number): FleetEvent => ({
      ...common(sequence, at),
      ...{ kind: 'service', service, state: 'failed', previous: 'ready', reason: '', restarts: 0, pid: null },
    }),
    skipped: (sequence: number, hook: string, at: number): FleetEvent => ({
      ...common(sequence, at),
      ...{ kind: 'schedule', hook, result: 'skipped', reason: '', ms: null, nextAt: null },
    }),
    unknown: (sequence: number, data: Record<string, unknown>, at: number): FleetEvent => ({
      ...common(sequence, at),
      ...{ kind: 'other', type: 'whaleware.weather', data },
    }),
    pushed: (sequence: number, stats: unknown, at: number, state = 'UP'): FleetEvent => ({
      ...common(sequence, at),
      kind: 'stats',
      state,
      stats,
    }),
  }
}
