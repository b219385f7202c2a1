import { Ajv } from 'ajv'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { exitCode, UserError } from '../base/errors.ts'
import type { JsonValue } from './json.ts'
import { isObject, toPlain } from './json.ts'
import { addKey } from './lookup.ts'

/** Checks the configuration against the author's JSON Schema; a UserError (exit 78) names each violation by key path. */
export function checkSchema(config: JsonValue, schema: JsonValue, source: string): void {
  if (!isObject(schema))
    throw new UserError(`cannot use ${source}: it must be a JSON object`, exitCode.configuration)
  const { $schema: draft, ...rules } = schema
  const isOld = typeof draft === 'string' && /draft-0[67]/.test(draft)
  const ajv = new (isOld ? Ajv : Ajv2020)({ allErrors: true, strict: false })
  addFormats.default(ajv)
  const validate = compile(ajv, rules, source)
  if (validate(toPlain(config))) return
  const problems = (validate.errors ?? []).map(({ instancePath, message, params }) => {
    const keyPath = toKeyPath(instancePath) || 'the configuration'
    const extra =
      'additionalProperty' in params
        ? ` (${params.additionalProperty})`
        : 'allowedValues' in params
          ? ` (${params.allowedValues.join(', ')})`
          : ''
    return `${keyPath} ${message}${extra}`
  })
  throw new UserError(`bad configuration: ${problems.join('; ')} (${source})`, exitCode.configuration)
}

/** Turns a JSON Pointer such as `/servers/0/host` into the key path that `ww cfg` takes. */
function toKeyPath(pointer: string): string {
  const keys = pointer.split('/').slice(1)
  return keys.reduce((path, key) => addKey(path, key.replaceAll('~1', '/').replaceAll('~0', '~')), '')
}

function compile(ajv: Ajv, schema: object, source: string): ReturnType<Ajv['compile']> {
  try {
    return ajv.compile(schema)
  } catch (error) {
    throw new UserError(
      `cannot use ${source}: ${error instanceof Error ? error.message : error}`,
      exitCode.configuration,
      { cause: error },
    )
  }
}
