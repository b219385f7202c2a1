import mustache from 'mustache'
import { isUserError, UserError } from '../base/errors.ts'
import type { JsonObject, JsonValue } from './json.ts'
import { lookUp, parseKeyPath, printValue } from './lookup.ts'

/**
 * Fills a mustache template with the configuration; nothing is escaped, since configuration files are not HTML, and
 * names are key paths as in `ww cfg`. A value that is missing is a UserError that names the template's line; a section
 * over a missing one is just left out.
 */
export function fillTemplate(template: string, source: string, config: JsonObject): string {
  try {
    return new StrictWriter(source, template).render(template, new KeyPathContext(config))
  } catch (error) {
    if (isUserError(error)) throw error
    const [, what, position] = /^(.*?)(?: at (\d+))?$/.exec(error instanceof Error ? error.message : '') ?? []
    const where = position === undefined ? '' : `line ${lineAt(template, Number(position))}: `
    throw new UserError(`cannot render ${source}: ${where}${what}`, 1, { cause: error })
  }
}

/** Looks names up as `ww cfg` does, in the innermost section first; what every object has is no configuration. */
class KeyPathContext extends mustache.Context {
  override push(view: JsonValue): mustache.Context {
    return new KeyPathContext(view, this)
  }

  override lookup(name: string): JsonValue | undefined {
    const keys = parseKeyPath(name)
    let context: mustache.Context | undefined = keys ? this : undefined
    while (context) {
      const value = lookUp(context.view, keys ?? [])
      if (value !== undefined) return value
      context = context.parent
    }
    return undefined
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

  override escapedValue(token: readonly unknown[], context: mustache.Context): string {
    return this.#print(token, context)
  }

  override unescapedValue(token: readonly unknown[], context: mustache.Context): string {
    return this.#print(token, context)
  }

  override renderPartial(token: readonly unknown[]): string {
    throw this.#error(token, `a template cannot include another ({{> ${token[1]}}})`)
  }

  #print(token: readonly unknown[], context: mustache.Context): string {
    const name = String(token[1])
    const value: JsonValue | undefined = context.lookup(name)
    if (value === undefined || value === null)
      throw this.#error(token, `there is no ${name} in the configuration`)
    return printValue(value)
  }

  /** The third part of a token is where it begins. */
  #error(token: readonly unknown[], what: string): UserError {
    return new UserError(
      `cannot render ${this.#source}: line ${lineAt(this.#template, Number(token[2]))}: ${what}`,
    )
  }
}

function lineAt(text: string, position: number): number {
  return text.slice(0, position).split('\n').length
}
