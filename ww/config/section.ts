import { isObject, type JsonObject, type JsonValue } from './json.ts'
import { lookUp } from './lookup.ts'
import { joinKeys, type Problem } from './problem.ts'
import type { Kind } from './setting-kinds.ts'
import { mustBe, Wrong } from './wrong.ts'

/** What a setting is, for everything that is made from the table. */
export type SettingRow = {
  /** The keys below `ww`. */
  readonly keys: readonly string[]
  readonly schema: JsonObject
  /** The default, as a user would write it; null: there is none. */
  readonly fallback: JsonValue
  readonly description: string
  /** It is accepted and has no effect; the description says why. */
  readonly obsolete: boolean
}

/** What was found while a section was read. */
export type Findings = {
  readonly rows: SettingRow[]
  readonly problems: Problem[]
  readonly warnings: Problem[]
}

/**
 * One object of the configuration, whose settings are read and described by the same calls: what a call returns makes
 * the type of the settings, and what it notes makes their documentation, so that neither can differ from the other.
 */
export class Section {
  readonly #given: JsonValue
  readonly #keys: readonly string[]
  readonly #findings: Findings

  constructor(given: JsonValue, keys: readonly string[], findings: Findings) {
    this.#given = given
    this.#keys = keys
    this.#findings = findings
  }

  /** A setting with a default. */
  setting<T>(key: string, kind: Kind<T>, fallback: JsonValue, description: string): T {
    this.#describe({ keys: this.#below(key), schema: kind.schema, fallback, description, obsolete: false })
    const standard = kind.read(fallback)
    if (standard instanceof Wrong)
      throw new Error(`the default of ${key} is wrong: ${standard.faults[0]?.problem}`)
    const given = this.#find(key)
    return given === null ? standard : this.#read(key, kind, given, standard)
  }

  /** A setting without a default: null where it is not given, or empty. */
  optional<T>(key: string, kind: Kind<T>, description: string): T | null {
    const keys = this.#below(key)
    this.#describe({ keys, schema: kind.schema, fallback: null, description, obsolete: false })
    const given = this.#find(key)
    return given === null || given === '' ? null : this.#read(key, kind, given, null)
  }

  /** A setting that is accepted, with a warning, and has no effect. */
  obsolete<T>(key: string, kind: Kind<T>, reason: string): void {
    const keys = this.#below(key)
    this.#describe({ keys, schema: kind.schema, fallback: null, description: reason, obsolete: true })
    const given = this.#find(key)
    if (given === null) return
    this.#read(key, kind, given, null)
    this.#findings.warnings.push({
      keyPath: this.#path(keys),
      kind: 'obsolete',
      problem: reason,
      fix: 'remove it',
    })
  }

  /** A section within this one. */
  section<T>(key: string, read: (section: Section) => T): T {
    const given = this.#find(key)
    if (given !== null && !isObject(given)) this.#report(key, mustBe('must be an object', given))
    return read(new Section(isObject(given) ? given : {}, this.#below(key), this.#findings))
  }

  #read<T, U>(key: string, kind: Kind<T>, given: JsonValue, otherwise: U): T | U {
    const read = kind.read(given)
    if (!(read instanceof Wrong)) return read
    this.#report(key, read)
    return otherwise
  }

  #report(key: string, { faults }: Wrong): void {
    for (const { below, ...fault } of faults)
      this.#findings.problems.push({ keyPath: this.#path([...this.#below(key), ...below]), ...fault })
  }

  #describe(row: SettingRow): void {
    this.#findings.rows.push(row)
  }

  #find(key: string): JsonValue {
    return lookUp(this.#given, [key]) ?? null
  }

  #below(key: string): readonly string[] {
    return [...this.#keys, key]
  }

  #path(keys: readonly string[]): string {
    return joinKeys(['ww', ...keys])
  }
}
