import mustache from 'mustache'
import type { JsonValue } from './json.ts'
import { listValues, lookUp, parseKeyPath } from './lookup.ts'

/**
 * Finds names as `ww cfg` does, in the innermost section first; what every object has is not configuration. A name that
 * the configuration does not have is a variable of the environment when it begins with `WW_`, or is `env.NAME`.
 */
export class TemplateContext extends mustache.Context {
  readonly #env: NodeJS.ProcessEnv

  constructor(view: JsonValue, env: NodeJS.ProcessEnv, parent?: TemplateContext) {
    super(view, parent)
    this.#env = env
  }

  override push(view: JsonValue): TemplateContext {
    return new TemplateContext(view, this.#env, this)
  }

  override lookup(name: string): JsonValue | undefined {
    const keys = parseKeyPath(name)
    if (!keys) return undefined
    for (const view of this.#views()) {
      const value = lookUp(view, keys)
      if (value !== undefined) return value
    }
    const [, variable] = /^(?:env\.(?=\w)|(?=WW_))(\w+)$/.exec(name) ?? []
    return variable === undefined ? undefined : this.#env[variable]
  }

  /** Every name that a template can use here. */
  names(): string[] {
    const configured = this.#views().flatMap((view) => [...listValues(view)].map(({ path }) => path))
    const variables = Object.keys(this.#env)
    return [
      ...configured.filter((path) => path !== '.'),
      ...variables.filter((name) => name.startsWith('WW_')),
      ...variables.map((name) => `env.${name}`),
    ]
  }

  #views(): JsonValue[] {
    const views: JsonValue[] = []
    for (let context: mustache.Context | undefined = this; context; context = context.parent)
      views.push(context.view)
    return views
  }
}
