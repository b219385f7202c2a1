import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import { hasEnvironment, listProcesses, nameProcess, type Process, signalProcess } from './list.ts'

/** How long SIGKILL is repeated, in milliseconds: what it has not ended by then is unkillable. */
const longest = 2000

/**
 * Ends what a crashed boot left running, so that its unfinished hooks do not run beside ours. Returns what could not be
 * ended within `ms` milliseconds (it is another user's, or in an uninterruptible sleep), which is also logged.
 */
export async function endCrashedBoot(
  bootId: string,
  log: Pick<Log, 'warn'>,
  ms = longest,
): Promise<string[]> {
  const deadline = performance.now() + ms
  let left = findLeftovers(bootId)
  if (left.length > 0) log.warn(`ending what the crashed boot left running: ${listNames(left)}`)
  for (let pause = 1; left.length > 0 && performance.now() < deadline; pause = Math.min(pause * 2, 25)) {
    for (const { pid } of left) signalProcess(pid, 'SIGKILL')
    await sleep(pause, new AbortController().signal)
    left = findLeftovers(bootId)
  }
  if (left.length > 0) log.warn(`cannot end what the crashed boot left running: ${listNames(left)}`)
  return left.map(nameProcess)
}

function findLeftovers(bootId: string): Process[] {
  const assignment = `WW_BOOT_ID=${bootId}`
  return listProcesses().filter(({ pid }) => pid !== process.pid && hasEnvironment(pid, assignment))
}

function listNames(processes: readonly Process[]): string {
  return processes.map(nameProcess).join(', ')
}
