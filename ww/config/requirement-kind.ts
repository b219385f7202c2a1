import { address } from './address-kind.ts'
import type { Fault } from './problem.ts'
import type { Kind } from './setting-kinds.ts'
import { mustBe, Wrong } from './wrong.ts'

/** A list of what must respond before the services start. */
export const requirements: Kind<string[]> = {
  read(value) {
    if (!Array.isArray(value)) return mustBe('must be a list', value)
    const addresses: string[] = []
    const faults: Fault[] = []
    for (const [index, item] of value.entries()) {
      const read = address.read(item)
      if (!(read instanceof Wrong)) addresses.push(read)
      else for (const fault of read.faults) faults.push({ ...fault, below: [String(index)] })
    }
    return faults.length === 0 ? addresses : new Wrong(faults)
  },
  schema: { type: 'array', items: address.schema },
}
