import {
  chmodSync,
  chownSync,
  mkdtempSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * Replaces a file in one step and preserves its mode and owner; a new one gets `mode`. A link remains one. The new
 * content is first written in a private directory with a random name, so that nobody else can prepare or read it.
 */
export function replaceRendered(path: string, content: string, mode: number): void {
  const old = statSync(path, { throwIfNoEntry: false })
  const target = old ? realpathSync(path) : path
  const directory = mkdtempSync(join(dirname(target), '.ww-render-'))
  try {
    const temporary = join(directory, 'content')
    writeFileSync(temporary, content, { mode: 0o600, flag: 'wx' })
    if (old) chownSync(temporary, old.uid, old.gid)
    // whatever the umask
    chmodSync(temporary, (old?.mode ?? mode) & 0o777)
    renameSync(temporary, target)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}
