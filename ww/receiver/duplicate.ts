import type { Arrival } from './arrivals.ts'
import { type FleetEvent, type InstanceRecord, instanceId } from './model.ts'

/** Looks up what is kept of the instances of events with the same sequence, whatever the boot. */
export type LookUp = (open: readonly Arrival[]) => Promise<readonly FleetEvent[]>

/**
 * Answers with the events that did not come before, the first of those that are given twice among them. The records of
 * their instances tell nearly always; what they leave open is looked up. An event without a boot has no sequence that
 * could tell: its id does, where it is kept.
 */
export async function passOverKnown<Own extends Arrival>(
  arrivals: readonly Own[],
  recordOf: (id: string) => InstanceRecord | undefined,
  lookUp: LookUp,
): Promise<readonly Own[]> {
  const ids = new Set<string>()
  const once = arrivals.filter(({ event, instance }) => ids.size < ids.add(`${instance} ${event.id}`).size)
  const open = once.filter(({ event, instance }) => mayBeKnown(recordOf(instance), event))
  if (open.length === 0) return once
  const kept = Map.groupBy(await lookUp(open), ({ app, instance, sequence }) =>
    describeSequence(instanceId(app, instance), sequence),
  )
  const known = new Set<Arrival>(
    open.filter(({ event, instance }) =>
      isKnown(recordOf(instance), event, kept.get(describeSequence(instance, event.sequence)) ?? []),
    ),
  )
  return once.filter((arrival) => !known.has(arrival))
}

/** An id of an instance has no space in it. */
const describeSequence = (instance: string, sequence: number): string => `${instance} ${sequence}`

/** Whether what is known of an instance leaves open that an event of it came before. */
function mayBeKnown(record: InstanceRecord | undefined, { bootId, sequence, at }: FleetEvent): boolean {
  if (record === undefined || bootId === '') return false
  if (bootId === record.bootId) return hasSeen(record, sequence)
  return record.pastBoots.includes(bootId) || at < record.bootAt
}

/** One of its id is kept, or one of its boot and sequence has come and is gone by now. */
function isKnown(
  record: InstanceRecord | undefined,
  { id, bootId }: FleetEvent,
  kept: readonly FleetEvent[],
): boolean {
  if (kept.some((other) => other.id === id)) return true
  return bootId === record?.bootId && !kept.some((other) => other.bootId === bootId)
}

function hasSeen({ sequence: newest, missing }: InstanceRecord, sequence: number): boolean {
  return sequence <= newest && !missing.some(([from, to]) => from <= sequence && sequence <= to)
}
