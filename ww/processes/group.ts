import { setTimeout as delay } from 'node:timers/promises'
import { listProcesses } from './list.ts'

/** Whether any process of the group is alive; one that has ended but was not yet reaped counts for nothing. */
export function groupExists(group: number): boolean {
  return signalGroup(group, 0) && listProcesses().some((process) => process.group === group)
}

/** Sends a signal to every process of a group; false when there is none left. */
export function signalGroup(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(-group, signal)
    return true
  } catch {
    // ESRCH: nobody there; EPERM: only processes of another user, which are not ours to end
    return false
  }
}

/**
 * Ends a group: `signal`, then SIGKILL after `patience` milliseconds or as soon as `hurry` is aborted. Resolves when
 * no process of it is left, with whether it had to be killed.
 */
export async function endGroup(
  group: number,
  signal: NodeJS.Signals,
  patience: number,
  hurry: AbortSignal,
): Promise<{ killed: boolean }> {
  if (!hurry.aborted) signalGroup(group, signal)
  if (await isGone(group, patience, hurry)) return { killed: false }
  signalGroup(group, 'SIGKILL')
  // what SIGKILL cannot end (uninterruptible sleep) is the kernel's; don't wait for it for ever
  await isGone(group, 1000, new AbortController().signal)
  return { killed: true }
}

/** Waits until a group is gone, at most `patience` milliseconds; false when some of it is left. */
export async function isGone(group: number, patience: number, hurry: AbortSignal): Promise<boolean> {
  const deadline = performance.now() + patience
  for (let pause = 1; groupExists(group); pause = Math.min(pause * 2, 20)) {
    if (hurry.aborted || performance.now() >= deadline) return false
    await delay(Math.min(pause, Math.max(1, deadline - performance.now())))
  }
  return true
}
