import { sleep } from '../../ww/base/sleep.ts'
import { OpenLimit } from '../../ww/lifecycle/limit.ts'

/** A limit by the real clock: it ends after `end` milliseconds, and kills and abandons after `kill`. */
export function realLimit(end: number, kill = end): OpenLimit {
  return new OpenLimit({ now: () => performance.now(), sleep }, end, { end, kill, abandon: kill })
}
