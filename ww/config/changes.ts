import { oneLine } from '../base/text.ts'
import { renderPublic, secretKey } from './fingerprint.ts'
import { hasSecret } from './has-secret.ts'
import { isObject, type JsonObject, type JsonValue } from './json.ts'
import { lookUp, parseKeyPath } from './lookup.ts'
import { joinKeys } from './problem.ts'

/** A configuration as it is used, and as it was written, which shows what of it came from the files of secrets. */
export type ComparedConfiguration = { readonly config: JsonObject; mergeWritten(): JsonObject }

/** What is different at one key path; values as they are shown, null where there is none or it is secret. */
export type Change = {
  readonly kind: 'added' | 'removed' | 'changed'
  readonly keys: readonly string[]
  readonly keyPath: string
  readonly before: string | null
  readonly after: string | null
  readonly secret: boolean
  /** When it has an effect: some settings of whaleware's own have none before the next boot. */
  readonly effect: 'now' | 'nextBoot'
}

/** The settings of whaleware's own that a reload changes, by their first key below `ww`. */
const changeable: readonly string[] = ['schedule', 'monitor', 'timeouts', 'restart']

/** Finds what is different between two configurations, by key path, in the order of these. */
export function compareConfigurations(before: ComparedConfiguration, after: ComparedConfiguration): Change[] {
  const written = [before.mergeWritten(), after.mergeWritten()]
  const isSecret = (keys: readonly string[]): boolean =>
    keys.some((key) => secretKey.test(key)) || written.some((value) => hasSecret(value, keys))
  const changes: Change[] = []
  const visit = (old: JsonValue | undefined, now: JsonValue | undefined, keys: readonly string[]): void => {
    const names = listKeys(old, now)
    if (names !== null) for (const key of names) visit(at(old, key), at(now, key), [...keys, key])
    else if (!areEqual(old, now)) changes.push(describeChange(old, now, keys, isSecret(keys)))
  }
  visit(before.config, after.config, [])
  return changes.sort((a, b) => (a.keyPath < b.keyPath ? -1 : 1))
}

/**
 * The lines that show changes to people, in two columns: `~ memory  "400mb" -> "600mb"`, `+` for what was added and `-`
 * for what was removed.
 */
export function formatChanges(changes: readonly Change[]): string[] {
  const signs = { added: '+', removed: '-', changed: '~' } as const
  const width = Math.max(0, ...changes.map(({ keyPath }) => keyPath.length))
  return changes.map((change) => {
    const later = change.effect === 'nextBoot' ? ', at the next boot' : ''
    return oneLine(`${signs[change.kind]} ${change.keyPath.padEnd(width)}  ${formatValues(change)}${later}`)
  })
}

/**
 * The services to restart for these changes where no hook applies them, by the key paths that each uses; all of them when
 * none says what it uses. A setting of whaleware's own restarts none, unless a service says that it uses that.
 */
export function affectedServices(
  changes: readonly Change[],
  uses: Readonly<Record<string, readonly string[]>>,
): string[] {
  const ofApp = changes.filter(({ keys }) => !isOwn(keys))
  const entries = Object.entries(uses)
  if (entries.every(([, paths]) => paths.length === 0))
    return ofApp.length > 0 ? entries.map(([name]) => name) : []
  return entries
    .filter(([, paths]) =>
      paths.some((path) => {
        const used = parseKeyPath(path)
        if (used === null) return false
        return (used.length === 0 ? ofApp : changes).some(({ keys }) => overlap(used, keys))
      }),
    )
    .map(([name]) => name)
}

function formatValues({ kind, before, after, secret }: Change): string {
  if (secret) return kind === 'changed' ? '(secret) changed' : '(secret)'
  return kind === 'changed' ? `${before} -> ${after}` : `${after ?? before}`
}

function describeChange(
  old: JsonValue | undefined,
  now: JsonValue | undefined,
  keys: readonly string[],
  secret: boolean,
): Change {
  const render = (value: JsonValue | undefined): string | null =>
    value === undefined ? null : renderPublic(value)
  const [before, after] = [render(old), render(now)]
  // an address with a password in it, or a list in which only that is different
  const isHidden =
    secret || before === after || [old, now].some((value) => isText(value) && isCredential(value))
  const show = (text: string | null): string | null => (text === null || isHidden ? null : cut(text))
  return {
    kind: old === undefined ? 'added' : now === undefined ? 'removed' : 'changed',
    ...{ keys, keyPath: joinKeys(keys), before: show(before), after: show(after), secret: isHidden },
    effect: isOwn(keys) && !changeable.includes(keys[1] ?? '') ? 'nextBoot' : 'now',
  }
}

function isText(value: JsonValue | undefined): value is string {
  return typeof value === 'string'
}

function isCredential(text: string): boolean {
  return renderPublic(text) !== JSON.stringify(text)
}

/** Whether a key is a setting of whaleware's own; `notify_url` was one of the original's. */
function isOwn([first]: readonly string[]): boolean {
  return first === 'ww' || first === 'notify_url'
}

/** The keys to compare one by one; null for what is compared as a whole, such as lists of different lengths. */
function listKeys(old: JsonValue | undefined, now: JsonValue | undefined): readonly string[] | null {
  if (Array.isArray(old) && Array.isArray(now) && old.length === now.length)
    return [...old.keys()].map(String)
  const sides = [old, now].filter((value) => value !== undefined)
  if (!sides.every(isObject)) return null
  const keys = [...new Set(sides.flatMap((side) => Object.keys(side)))]
  // one without keys is a value
  return keys.length > 0 ? keys : null
}

function at(value: JsonValue | undefined, key: string): JsonValue | undefined {
  return value === undefined ? undefined : lookUp(value, [key])
}

function areEqual(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b)
}

/** Whether one of two key paths is the other, or above it. */
function overlap(a: readonly string[], b: readonly string[]): boolean {
  return a.slice(0, b.length).every((key, index) => key === b[index])
}

/** Long values say little in a line. */
function cut(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}
