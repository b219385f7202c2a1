import { existsSync } from 'node:fs'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The directory of the files that come with the program: the tree that it is installed in, or the source checkout. The
 * compiled executable is in the tree itself, and its loader, which is the running file then, in `lib`. Null where there
 * are no such files.
 */
export function findHome(): string | null {
  const starts = [dirname(process.execPath), dirname(fileURLToPath(import.meta.url))]
  const candidates = starts.flatMap((start) => [start, dirname(start), dirname(dirname(start))])
  return candidates.find((directory) => existsSync(`${directory}/usr-scripts/skeleton`)) ?? null
}
