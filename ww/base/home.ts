import { existsSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * The directory of the files that come with the program: the tree that it is installed in, or the source checkout. The
 * compiled executable is in the tree itself, and its loader, which is the running file then, in `lib`. Null where there
 * are no such files.
 */
export function findHome(): string | null {
  // node:url would have to be loaded
  const here = decodeURIComponent(new URL('.', import.meta.url).pathname)
  const starts = [dirname(process.execPath), here.slice(0, -1)]
  const candidates = starts.flatMap((start) => [start, dirname(start), dirname(dirname(start))])
  for (const directory of candidates) if (existsSync(`${directory}/usr-scripts/skeleton`)) return directory
  return null
}
