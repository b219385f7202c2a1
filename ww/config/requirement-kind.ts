import type { JsonValue } from './json.ts'
import type { Kind } from './setting-kinds.ts'
import { mustBe, Wrong } from './wrong.ts'

/** A list of what must respond before the services start. */
export const requirements: Kind<string[]> = {
  read(value) {
    if (!Array.isArray(value)) return mustBe('must be a list', value)
    const texts = value.filter(isRequirement)
    if (texts.length === value.length) return texts
    const faults = value.flatMap((item, index) =>
      isRequirement(item)
        ? []
        : mustBe('must be tcp://host:port, http://…, file:/path or exec:command', item).faults.map(
            (fault) => ({
              ...fault,
              below: [String(index)],
            }),
          ),
    )
    return new Wrong(faults)
  },
  schema: {
    type: 'array',
    items: { type: 'string', pattern: '^(tcp://.+:\\d+|https?://.+|file:.+|exec:.+)$' },
  },
}

function isRequirement(value: JsonValue): value is string {
  if (typeof value !== 'string') return false
  if (/^tcp:\/\//.test(value)) return URL.canParse(value) && new URL(value).port !== ''
  return /^https?:\/\//.test(value) ? URL.canParse(value) : /^(file|exec):./.test(value)
}
