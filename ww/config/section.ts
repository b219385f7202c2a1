import { isObject, type JsonObject, type JsonValue } from './json.ts'
import { lookUp } from './lookup.ts'
import { type Fault, joinKeys, type Problem } from './problem.ts'
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
  /** The pattern of the names that `NAME` among the keys stands for. */
  readonly names?: string
}

/** The key that stands for names of the author's own, such as those of services. */
export const anyName = 'NAME'

/** Which names a section for each of them has. */
export type Names = {
  readonly pattern: string
  /** What the object of all of them must be. */
  readonly must: string
  /** What is wrong with another name. */
  explain(name: string): Fault
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

  /** A section for each name of the author's own; it is described once, under `NAME`. */
  each<T>(key: string, names: Names, read: (section: Section) => T): Record<string, T> {
    const keys = this.#below(key)
    const described: Findings = { rows: [], problems: [], warnings: [] }
    read(new Section({}, [...keys, anyName], described))
    for (const row of described.rows) this.#describe({ ...row, names: names.pattern })
    const given = this.#find(key)
    const sections: Record<string, T> = {}
    if (given !== null && !isObject(given)) this.#report(key, mustBe(names.must, given))
    if (!isObject(given)) return sections
    const isName = new RegExp(names.pattern)
    for (const [name, value] of Object.entries(given)) {
      if (value === null) continue
      const fault = isName.test(name) ? null : names.explain(name)
      const faults = fault === null ? [] : [fault]
      if (!isObject(value)) faults.push(...mustBe('must be an object', value).faults)
      for (const { below, ...rest } of faults)
        this.#findings.problems.push({ keyPath: this.#path([...keys, name, ...below]), ...rest })
      const inner = new Section(isObject(value) ? value : {}, [...keys, name], {
        ...this.#findings,
        rows: [],
      })
      const settings = read(inner)
      if (fault === null) sections[name] = settings
    }
    return sections
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
