import mustache from 'mustache'
import { UserError } from '../errors.ts'
import type { JsonObject } from './json.ts'

/** A part of a parsed template, as mustache gives it: kind, text, where it begins and ends, and what is in a section. */
type Token = [kind: string, text: string, start: number, end: number, inner?: Token[] | string]

/**
 * Fills a mustache template with the configuration; nothing is escaped, since configuration files are not HTML. A
 * value that is missing is a UserError that names the template's line; a section over a missing one is just left out.
 */
export function fillTemplate(template: string, source: string, config: JsonObject): string {
  const context = new mustache.Context(config)
  const writer = new StrictWriter(source, template)
  try {
    return writer.render(template, context, undefined, { escape: String })
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`cannot render ${source}: ${error instanceof Error ? error.message : error}`, 1, {
      cause: error,
    })
  }
}

class StrictWriter extends mustache.Writer {
  readonly #source: string
  readonly #template: string

  constructor(source: string, template: string) {
    super()
    this.#source = source
    this.#template = template
  }

  override escapedValue(token: string[], context: mustache.Context): string {
    return this.#print(token, context)
  }

  override unescapedValue(token: string[], context: mustache.Context): string {
    return this.#print(token, context)
  }

  #print(token: readonly unknown[], context: mustache.Context): string {
    const [, name, start] = token as Token
    const value: unknown = context.lookup(name)
    if (value === undefined || value === null) {
      const line = this.#template.slice(0, start).split('\n').length
      throw new UserError(
        `cannot render ${this.#source}: line ${line}: there is no ${name} in the configuration`,
      )
    }
    return typeof value === 'object' ? JSON.stringify(value) : String(value)
  }
}
