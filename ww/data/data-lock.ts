import { readFileSync } from 'node:fs'
import { replaceFile } from '../base/files.ts'
import type { Log } from '../base/log.ts'
import { sleep } from '../base/sleep.ts'
import type { DataLock } from '../lifecycle/world.ts'
import { tryLock } from './lock.ts'

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

function readHolder(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim()
  } catch {
    return 'another instance'
  }
}
