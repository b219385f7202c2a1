import fs from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'

/** The calls by which files are changed, as they are recorded: the name of the call and what it was made on. */
const watched = [
  'openSync',
  'writeFileSync',
  'writeSync',
  'fsyncSync',
  'renameSync',
  'rmSync',
  'closeSync',
] as const

/**
 * Records the file system calls that `work` makes, each as `name path`; a descriptor is shown as the path that it was
 * opened on. It is how a test sees that something was synchronised to the disk, which leaves no other trace.
 */
export function recordFileCalls(work: () => void): string[] {
  const calls: string[] = []
  const opened = new Map<number, string>()
  const originals = watched.map((name) => [name, fs[name]] as const)
  for (const [name, original] of originals) {
    const replacement = (...args: unknown[]): unknown => {
      const on = typeof args[0] === 'number' ? (opened.get(args[0]) ?? String(args[0])) : String(args[0])
      calls.push(`${name.replace('Sync', '')} ${on}`)
      const result: unknown = Reflect.apply(original, fs, args)
      if (name === 'openSync' && typeof result === 'number') opened.set(result, on)
      return result
    }
    Object.assign(fs, { [name]: replacement })
  }
  syncBuiltinESMExports()
  try {
    work()
  } finally {
    for (const [name, original] of originals) Object.assign(fs, { [name]: original })
    syncBuiltinESMExports()
  }
  return calls
}
