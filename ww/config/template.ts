import mustache from 'mustache'
import { nearest } from '../base/nearest.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { printValue } from './lookup.ts'
import { TemplateContext } from './template-context.ts'

/** One thing that is wrong with a template. */
export type TemplateProblem = {
  readonly line?: number
  /** The key that the configuration does not have. */
  readonly missing?: string
  readonly problem: string
  readonly fix?: string
}

/** A template filled in, with all that is wrong with it. */
export type FilledTemplate = { readonly text: string; readonly problems: readonly TemplateProblem[] }

/**
 * Fills a mustache template with the configuration and the environment; nothing is escaped, since configuration files
 * are not HTML, and names are key paths as in `ww cfg`. A missing value is a problem; a section over one is left out.
 */
export function fillTemplate(template: string, config: JsonObject, env: NodeJS.ProcessEnv): FilledTemplate {
  const writer = new StrictWriter(template)
  try {
    const text = writer.render(template, new TemplateContext(config, env))
    return { text, problems: writer.problems }
  } catch (error) {
    const [, problem = 'malformed template', position] =
      /^(.*?)(?: at (\d+))?$/.exec(error instanceof Error ? error.message : '') ?? []
    const line = position === undefined ? {} : { line: lineAt(template, Number(position)) }
    return { text: '', problems: [{ ...line, problem }] }
  }
}

class StrictWriter extends mustache.Writer {
  readonly problems: TemplateProblem[] = []
  readonly #template: string

  constructor(template: string) {
    super()
    this.#template = template
  }

  override escapedValue(token: readonly unknown[], context: mustache.Context): string {
    return this.#print(token, context)
  }

  override unescapedValue(token: readonly unknown[], context: mustache.Context): string {
    return this.#print(token, context)
  }

  override renderPartial(token: readonly unknown[]): string {
    this.problems.push({
      line: this.#lineOf(token),
      problem: `a template cannot include another ({{> ${token[1]}}})`,
      fix: 'copy its text',
    })
    return ''
  }

  #print(token: readonly unknown[], context: mustache.Context): string {
    const missing = String(token[1])
    const value: JsonValue | undefined = context.lookup(missing)
    if (value !== undefined && value !== null) return printValue(value)
    const names = context instanceof TemplateContext ? context.names() : []
    const meant = nearest(missing, names)
    const problem = { line: this.#lineOf(token), missing, problem: `no key "${missing}"` }
    this.problems.push(meant === undefined ? problem : { ...problem, fix: `did you mean ${meant}?` })
    return ''
  }

  /** The third part of a token is where it begins. */
  #lineOf(token: readonly unknown[]): number {
    return lineAt(this.#template, Number(token[2]))
  }
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}
