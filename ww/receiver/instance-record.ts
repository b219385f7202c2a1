import { type FleetEvent, type InstanceRecord, instanceId } from './model.ts'

/** How long restarts are remembered, in milliseconds, and how many. */
const remembered = { time: 86_400_000, restarts: 1000, boots: 10 }

/**
 * What is known of an instance after one more event. The order of arrival does not matter: within a boot the sequence
 * decides, and between boots the time at which they began, since one boot ends before the next begins. A boot that was
 * left behind never comes back, even when a clock was set back meanwhile. An event twice changes nothing.
 */
export function applyEvent(record: InstanceRecord | null, event: FleetEvent): InstanceRecord {
  if (record === null) return applyWithin(beginBoot(event, null), event)
  const restarts = addRestart(record.restarts, event)
  const known = restarts === record.restarts ? record : { ...record, restarts }
  if (event.bootId === record.bootId) return applyWithin(known, event)
  const isPast = record.pastBoots.includes(event.bootId) || event.at < record.bootAt
  if (isPast) return known
  return applyWithin(beginBoot(event, known), event)
}

/** A boot of which nothing but its first event's sender is known. */
function beginBoot(event: FleetEvent, before: InstanceRecord | null): InstanceRecord {
  const { app, instance, bootId } = event
  const past = before ? [...before.pastBoots, before.bootId].slice(-remembered.boots) : []
  return {
    ...{ id: instanceId(app, instance), app, instance, bootId },
    ...{ version: '', labels: {}, configHash: '', interval: null },
    bootAt: event.at,
    pastBoots: past,
    ...{ state: stateOf(event), previous: null, reason: '', since: event.at },
    ...{ stateSequence: 0, statsSequence: 0, sequence: 0, missing: [] },
    heardAt: event.heardAt,
    ...{ stats: null, statsAt: null },
    restarts: addRestart(before?.restarts ?? [], event),
  }
}

/** What is known of the state of an instance from its first event alone. */
function stateOf(event: FleetEvent): string {
  return event.kind === 'lifecycle' || event.kind === 'stats' ? event.state : 'UNKNOWN'
}

function applyWithin(record: InstanceRecord, event: FleetEvent): InstanceRecord {
  const order = event.bootId === '' ? event.at : event.sequence
  const isNewest = order > record.sequence
  const bootAt = Math.min(record.bootAt, event.at)
  const { version, labels, configHash, interval } = event
  return {
    ...record,
    bootAt,
    heardAt: Math.max(record.heardAt, event.heardAt),
    ...(isNewest ? { version, labels, configHash, interval, sequence: order } : {}),
    missing: event.bootId === '' ? record.missing : trackMissing(record, order),
    ...readState(record, event, order, bootAt),
    ...readStats(record, event, order),
  }
}

type StateFacts = Pick<InstanceRecord, 'state' | 'previous' | 'reason' | 'since' | 'stateSequence'>

/** The state that was entered last; stats tell it only as long as no event of a state is known. */
function readState(
  record: InstanceRecord,
  event: FleetEvent,
  order: number,
  bootAt: number,
): Partial<StateFacts> {
  if (event.kind === 'lifecycle') {
    if (order <= record.stateSequence) return {}
    const { state, previous, reason, at } = event
    return { state, previous, reason, since: at, stateSequence: order }
  }
  if (event.kind !== 'stats' || record.stateSequence > 0) return {}
  const state = order > record.statsSequence ? event.state : record.state
  return { state, since: bootAt }
}

function readStats(
  record: InstanceRecord,
  event: FleetEvent,
  order: number,
): Partial<Pick<InstanceRecord, 'stats' | 'statsAt' | 'statsSequence'>> {
  if (event.kind !== 'stats' || order <= record.statsSequence) return {}
  return { stats: event.stats, statsAt: event.at, statsSequence: order }
}

/** The ranges of sequences that never came: one more where this event leaves a gap, one less where it fills one. */
function trackMissing({ missing, sequence }: InstanceRecord, order: number): InstanceRecord['missing'] {
  if (order > sequence + 1) return [...missing, [sequence + 1, order - 1]]
  if (order > sequence || !missing.some(([from, to]) => from <= order && order <= to)) return missing
  return missing.flatMap(([from, to]): [number, number][] => {
    if (order < from || order > to) return [[from, to]]
    const halves: [number, number][] = [
      [from, order - 1],
      [order + 1, to],
    ]
    return halves.filter(([first, last]) => first <= last)
  })
}

function addRestart(restarts: readonly number[], event: FleetEvent): readonly number[] {
  if (event.kind !== 'lifecycle') return restarts
  const { state, at, crashed } = event
  const wentDown = state === 'RESTARTING' || state === 'ERROR' || (state === 'BOOT' && crashed)
  if (!wentDown || restarts.includes(at)) return restarts
  const all = [...restarts, at].sort((a, b) => a - b)
  const newest = all.at(-1) ?? at
  return all.filter((other) => other > newest - remembered.time).slice(-remembered.restarts)
}
