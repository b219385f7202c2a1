import type { Changes } from './changes.ts'
import type { MachineRecord } from './record.ts'
import type { StateStore } from './store.ts'

/**
 * Waits at most `limit` milliseconds until a machine is in a state, be it for a moment. Resolves with the machine as
 * it was then, or with what it is at the end; null when there is none.
 */
export async function awaitState(
  store: StateStore,
  changes: Changes,
  name: string,
  state: string,
  limit: number,
  signal: AbortSignal,
): Promise<MachineRecord | null> {
  const { promise, resolve } = Promise.withResolvers<MachineRecord | null | undefined>()
  let since = Number.POSITIVE_INFINITY
  // listening comes first, so that no change is missed between reading and listening
  const stop = changes.listen(name, (record) => {
    const then = record && findMoment(record, state, since)
    if (then !== undefined) resolve(then)
  })
  const giveUp = (): void => resolve(undefined)
  const timer = setTimeout(giveUp, limit)
  signal.addEventListener('abort', giveUp)
  try {
    const now = await store.read(name)
    if (now === null || now.state === state || signal.aborted) return now
    since = now.revision
    const then = await promise
    return then === undefined ? await store.read(name) : then
  } finally {
    stop()
    clearTimeout(timer)
    signal.removeEventListener('abort', giveUp)
  }
}

/** The machine as it was in a state; of changes that were kept together, only the last one is told. */
function findMoment(record: MachineRecord, state: string, since: number): MachineRecord | undefined {
  if (record.state === state) return record
  const entry = record.history.findLast((change) => change.revision <= since || change.state === state)
  return entry && entry.revision > since ? { ...record, state, revision: entry.revision } : undefined
}
