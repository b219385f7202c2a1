import type { ErrorObject } from 'ajv'
import { nearest } from '../base/nearest.ts'
import { isObject } from './json.ts'
import { addKey } from './lookup.ts'
import type { Problem } from './problem.ts'
import { show } from './wrong.ts'

/** Values under such keys are never shown. */
const secretKey = /pass|secret|token|key|credential|auth/i

/** What violates the author's schema, as a problem of the key that has it. */
export function describeViolation(error: ErrorObject, schema: string): Problem {
  const keyPath = toKeyPath(error.instancePath)
  const { missingProperty, additionalProperty } = error.params
  if (typeof missingProperty === 'string')
    return {
      keyPath: addKey(keyPath, missingProperty),
      kind: 'missing',
      problem: 'is missing',
      fix: `${schema} requires it`,
    }
  if (typeof additionalProperty === 'string') {
    const meant = nearest(additionalProperty, Object.keys(error.parentSchema?.properties ?? {}))
    const fix = meant === undefined ? `${schema} does not have it` : `did you mean ${addKey(keyPath, meant)}?`
    const unknown = addKey(keyPath, additionalProperty)
    return { keyPath: unknown, kind: 'unknown', problem: 'is not a key of the configuration', fix }
  }
  const must = describeRule(error)
  const shown = ['type', 'enum', 'const', 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum']
  if (!shown.includes(error.keyword) || secretKey.test(keyPath)) return { keyPath, problem: must }
  return { keyPath, problem: `${must}, not ${describeValue(error.data)}`, safe: must }
}

/** A whole list or object is too much, and may have secrets in it. */
function describeValue(value: unknown): string {
  if (Array.isArray(value)) return 'a list'
  return isObject(value) ? 'an object' : show(value)
}

function describeRule({ keyword, message, params, parentSchema }: ErrorObject): string {
  if (keyword === 'enum') return `must be one of ${params.allowedValues.map(show).join(', ')}`
  const type = parentSchema?.type
  if (!['type', 'minimum', 'maximum'].includes(keyword) || typeof type !== 'string')
    return message ?? 'is not valid'
  const { minimum, maximum } = parentSchema ?? {}
  const article = /^[aio]/.test(type) ? 'an' : 'a'
  const noun = `must be ${type === 'null' ? '' : `${article} `}${type}`
  if (minimum !== undefined && maximum !== undefined) return `${noun} from ${minimum} to ${maximum}`
  if (minimum !== undefined) return `${noun} of at least ${minimum}`
  return maximum === undefined ? noun : `${noun} of at most ${maximum}`
}

/** Turns a JSON Pointer such as `/servers/0/host` into the key path that `ww cfg` takes. */
function toKeyPath(pointer: string): string {
  const keys = pointer.split('/').slice(1)
  return keys.reduce((path, key) => addKey(path, key.replaceAll('~1', '/').replaceAll('~0', '~')), '')
}
