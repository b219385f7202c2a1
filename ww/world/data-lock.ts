import { readFileSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import type { DataLock } from '../lifecycle/world.ts'
import { replaceFile } from './files.ts'
import { tryLock } from './lock.ts'
import type { Log } from './log.ts'
import { hasEnvironment, listProcesses, signalProcess } from './processes.ts'
import { sleep } from './sleep.ts'

/** How often to ask for the lock again, in milliseconds. */
const pace = 200

/** Waits for the exclusive right to change /data; null when aborted meanwhile. Throws when /data can't be written. */
export async function lockData(
  data: string,
  me: string,
  signal: AbortSignal,
  log: Log,
): Promise<DataLock | null> {
  const holder = `${data}/.ww/data.holder`
  let told = false
  while (!signal.aborted) {
    const lock = tryLock(`${data}/.ww/data.lock`)
    if (lock) {
      replaceFile(holder, `${me}\n`)
      return lock
    }
    if (!told) log.info(`waiting for ${readHolder(holder)}, which is changing ${data}`)
    told = true
    await sleep(pace, signal)
  }
  return null
}

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

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'another instance'
  }
}
