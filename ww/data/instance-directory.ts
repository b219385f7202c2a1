import { explainWriteError, type WriteRefusal } from '../base/write-error.ts'
import { tryLock } from './lock.ts'
import { claimBelow, formatRefusal } from './state-directory.ts'

/** Where one instance stores what its next boot has to know: its boot record and the events that wait. */
export type InstanceDirectory = {
  /** Null when nothing can be stored anywhere. */
  readonly path: string | null
  /** `/data/.ww`, when the directory is in there: other instances that share /data have theirs beside it. */
  readonly shared: string | null
  /** Gives up the lock that shows others that this instance runs. */
  close(): void
}

/** The lock in the directory of an instance, held as long as it runs. */
export const aliveLock = 'alive.lock'

/** Names in /data/.ww that the first version used. */
const taken = ['outbox', 'firstboot-begun']

/**
 * Opens the directory of this instance in /data, else in the run directory. It warns when whaleware's own directory in
 * /data is the reason; that /data cannot be written at all may be intended, and is reported where it matters.
 */
export function openInstanceDirectory(
  { data, run }: { readonly data: string; readonly run: string },
  instance: string,
  warn: (line: string) => void,
): InstanceDirectory {
  const durable = open(data, instance)
  if ('path' in durable) return { ...durable, shared: `${data}/.ww` }
  const { refusal } = durable
  const isIntended = !refusal.path.startsWith(`${data}/`) || refusal.reason === 'read-only file system'
  if (!isIntended) warn(`${formatRefusal(refusal)}; until then, events that wait are lost with the container`)
  const volatile = open(run, instance)
  if ('path' in volatile) return { ...volatile, shared: null }
  warn(`${formatRefusal(volatile.refusal)}; until then, events wait in memory only`)
  return { path: null, shared: null, close() {} }
}

/** The name of an instance as that of a directory: another one for each, also where case does not count. */
export function encodeInstance(instance: string): string {
  const encoded = instance.replace(/[^a-z0-9_-]/gu, encodeLetter)
  if (encoded === '') return '%'
  if (taken.includes(encoded)) return `%${encoded.charCodeAt(0).toString(16)}${encoded.slice(1)}`
  return encoded.length <= 200 ? encoded : `~${hash(encoded)}`
}

function encodeLetter(letter: string): string {
  const bytes = [...Buffer.from(letter, 'utf8')]
  return bytes.map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
}

type Opened = { readonly path: string; close(): void } | { readonly refusal: WriteRefusal }

function open(base: string, instance: string): Opened {
  const name = encodeInstance(instance)
  const path = `${base}/.ww/${name}`
  const refusal = claimBelow(base, name)
  if (refusal) return { refusal }
  try {
    const lock = tryLock(`${path}/${aliveLock}`)
    if (lock) return { path, close: () => lock.release() }
    const reason = `another instance named ${JSON.stringify(instance)} uses it`
    return { refusal: { path, reason, fix: 'give each its own WW_INSTANCE' } }
  } catch (error) {
    return { refusal: explainWriteError(`${path}/${aliveLock}`, error) }
  }
}

/** Longer than a file name may be: rare enough to load the library for it. */
function hash(text: string): string {
  return process.getBuiltinModule('node:crypto').createHash('sha256').update(text).digest('hex')
}
