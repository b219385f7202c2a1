import { readFileSync } from 'node:fs'
import { formatSize } from '../base/text.ts'

/** Where a container sees its own cgroup. */
const cgroup = '/sys/fs/cgroup'

/** Version 2, then version 1. */
const counters = ['memory.events', 'memory/memory.oom_control']
const limits = ['memory.max', 'memory/memory.limit_in_bytes']

/** Version 1 has no word for "unlimited", but a number near the largest that it can hold. */
const unlimited = 2 ** 60

/** How many processes of this container the kernel has killed for lack of memory; null when no cgroup shows it. */
export function countOomKills(root = cgroup): number | null {
  for (const path of counters) {
    const [, count] = /^oom_kill (\d+)$/m.exec(readText(`${root}/${path}`)) ?? []
    if (count !== undefined) return Number(count)
  }
  return null
}

/** The memory that this container may use, in bytes; null when there is no limit, or none that is visible. */
export function readMemoryLimit(root = cgroup): number | null {
  for (const path of limits) {
    const text = readText(`${root}/${path}`).trim()
    if (/^\d+$/.test(text) && Number(text) < unlimited) return Number(text)
  }
  return null
}

/** `out of memory (limit 512 MB)`, without the limit where there is none. */
export function formatOutOfMemory(limit: number | null): string {
  return limit === null ? 'out of memory' : `out of memory (limit ${formatSize(limit)})`
}

/**
 * Whether there was an OOM kill between two counts; null when they can't show it: a new container has a new cgroup,
 * which counts from zero.
 */
export function wasOomKilled(before: number | null, now: number | null): boolean | null {
  if (before === null || now === null || now === 0 || now < before) return null
  return now > before
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // the other version, or no cgroup at all
    return ''
  }
}
