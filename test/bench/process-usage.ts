import { readdirSync, readFileSync } from 'node:fs'

/** Milliseconds of CPU that a process has used, by all of its threads. */
export function cpuOf(pid: number): number {
  return readdirSync(`/proc/${pid}/task`).reduce((sum, thread) => {
    const [nanoseconds] = readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')
    return sum + Number(nanoseconds) / 1e6
  }, 0)
}

/** Bytes of memory that no other process shares; `dirty` leaves out what is read from files, such as the program. */
export function privateMemoryOf(pid: number, kind: 'all' | 'dirty' = 'all'): number {
  const rollup = readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8')
  const pattern = kind === 'all' ? /^Private_(?:Clean|Dirty): +(\d+) kB/gm : /^Private_Dirty: +(\d+) kB/gm
  return [...rollup.matchAll(pattern)].reduce((sum, [, size]) => sum + Number(size), 0) * 1024
}

/** The last process of a chain of only children: the program below its init. */
export function programBelow(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ')
  return Number(children[0]) || pid
}
