import { setTimeout as delay } from 'node:timers/promises'
import type { Log } from '../base/log.ts'
import { hasEnvironment, listProcesses, signalProcess } from './list.ts'

/** Ends what a crashed boot left running, so that its half-done hooks do not go on beside ours. */
export async function endCrashedBoot(bootId: string, log: Log): Promise<void> {
  const assignment = `WW_BOOT_ID=${bootId}`
  for (let told = false; ; told = true) {
    const left = listProcesses().filter(({ pid }) => pid !== process.pid && hasEnvironment(pid, assignment))
    if (left.length === 0) return
    if (!told)
      log.warn(
        `ending what the crashed boot left running: ${left.map(({ name, pid }) => `${name} (${pid})`).join(', ')}`,
      )
    for (const { pid } of left) signalProcess(pid, 'SIGKILL')
    await delay(10)
  }
}
