import { readFileSync } from 'node:fs'

/** cgroup v2, then v1, as a container sees its own. */
const counters = ['/sys/fs/cgroup/memory.events', '/sys/fs/cgroup/memory/memory.oom_control']

/** How many processes of this container the kernel has killed for want of memory; null when no cgroup tells. */
export function countOomKills(): number | null {
  for (const path of counters) {
    try {
      const [, count] = /^oom_kill (\d+)$/m.exec(readFileSync(path, 'utf8')) ?? []
      if (count !== undefined) return Number(count)
    } catch {
      // the other version, or no cgroup at all
    }
  }
  return null
}

/**
 * Whether there was an OOM kill between two counts; null when they can't tell: a new container has a new cgroup, which
 * counts from zero.
 */
export function wasOomKilled(before: number | null, now: number | null): boolean | null {
  if (before === null || now === null || now === 0 || now < before) return null
  return now > before
}
