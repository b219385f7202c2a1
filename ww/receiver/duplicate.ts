import type { FleetEvent, InstanceRecord } from './model.ts'

/**
 * Tells whether an event came before: one with its id is kept, or one of its boot and sequence was and is gone by now.
 * `ofSequence` looks up what is kept of its instance with its sequence, and is asked only when the record leaves it
 * open. An event without a boot has no sequence that could tell: then the answer is no.
 */
export function isDuplicate(
  record: InstanceRecord | null,
  event: FleetEvent,
  ofSequence: () => readonly FleetEvent[],
): boolean {
  const { id, bootId, sequence } = event
  if (record === null || bootId === '') return false
  const isCurrent = bootId === record.bootId
  if (isCurrent && !hasSeen(record, sequence)) return false
  const kept = ofSequence()
  if (kept.some((other) => other.id === id)) return true
  return isCurrent && !kept.some((other) => other.bootId === bootId)
}

function hasSeen({ sequence: newest, missing }: InstanceRecord, sequence: number): boolean {
  return sequence <= newest && !missing.some(([from, to]) => from <= sequence && sequence <= to)
}
