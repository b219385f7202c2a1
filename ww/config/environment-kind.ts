import { isObject } from './json.ts'
import type { Fault } from './problem.ts'
import type { Kind } from './setting-kinds.ts'
import { mustBe, Wrong } from './wrong.ts'

/** Variables for a process; those whose names begin with WW_ are whaleware's own. */
export const environment: Kind<Record<string, string>> = {
  read(value) {
    if (!isObject(value)) return mustBe('must be an object from variable to value', value)
    const faults: Fault[] = []
    const variables: [string, string][] = []
    for (const [name, given] of Object.entries(value)) {
      const problem = findProblem(name)
      if (problem !== null) faults.push({ below: [name], ...problem })
      else if (!isText(given)) {
        const must = mustBe('must be a string without NUL', given)
        for (const fault of must.faults) faults.push({ ...fault, below: [name] })
      } else variables.push([name, String(given)])
    }
    return faults.length > 0 ? new Wrong(faults) : Object.fromEntries(variables)
  },
  schema: {
    type: 'object',
    propertyNames: { pattern: '^(?!WW_)[^=\\u0000]+$' },
    additionalProperties: { type: ['string', 'number', 'boolean'], pattern: '^[^\\u0000]*$' },
  },
}

function findProblem(name: string): Pick<Fault, 'problem' | 'fix'> | null {
  if (name.startsWith('WW_'))
    return { problem: "names that begin with WW_ are whaleware's own", fix: 'choose another name' }
  const isName = name !== '' && !/[=\0]/.test(name)
  return isName ? null : { problem: 'cannot be the name of a variable', fix: 'remove = from it' }
}

function isText(value: unknown): value is string | number | boolean {
  return typeof value === 'string' ? !value.includes('\0') : ['number', 'boolean'].includes(typeof value)
}
