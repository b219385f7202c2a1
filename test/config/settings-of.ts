import type { JsonObject, JsonValue } from '../../ww/config/json.ts'
import { formatProblem, type Problem } from '../../ww/config/problem.ts'
import { readSettings } from '../../ww/config/read-settings.ts'
import { type Findings, Section } from '../../ww/config/section.ts'
import type { Kind } from '../../ww/config/setting-kinds.ts'
import type { Settings } from '../../ww/config/settings.ts'
import { Wrong } from '../../ww/config/wrong.ts'

/** The settings of a configuration that must be right. */
export function settingsOf(ww: JsonObject): Settings {
  const { settings, problems } = readSettings({ ww }, 'one')
  if (problems.length > 0) throw new Error(linesOf(problems).join('\n'))
  return settings
}

/** The lines about what is wrong with a configuration. */
export function refusalsOf(ww: JsonValue): string[] {
  return linesOf(readSettings({ ww }, 'one').problems)
}

/** The lines of problems. */
export function linesOf(problems: readonly Problem[]): string[] {
  return problems.map(formatProblem)
}

/** What a kind reads; what is wrong is text that begins with "wrong: ". */
export function readAs<T>(kind: Kind<T>, value: JsonValue): T | string {
  const read = kind.read(value)
  if (!(read instanceof Wrong)) return read
  return read.faults
    .map(({ below, problem, fix }) =>
      [
        'wrong: ',
        ...below.map((key) => `${key}: `),
        problem,
        ...(fix === undefined ? [] : [`; ${fix}`]),
      ].join(''),
    )
    .join(' | ')
}

/** A section of a value, with what is found in it. */
export function sectionOf(given: JsonValue): { section: Section; findings: Findings } {
  const findings: Findings = { rows: [], problems: [], warnings: [] }
  return { section: new Section(given, [], findings), findings }
}
