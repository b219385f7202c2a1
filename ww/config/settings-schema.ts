import { isObject, type JsonObject } from './json.ts'
import { type Row, settingsTable } from './settings-table.ts'

const duration: JsonObject = { type: 'string', pattern: '^\\d+(\\.\\d+)?(ms|s|m|h|d)$' }
const schedule: JsonObject = {
  type: 'object',
  properties: { cron: { type: 'string' }, splay: duration, timeout: duration, timezone: { type: 'string' } },
  required: ['cron'],
  additionalProperties: false,
}

/** What each kind of setting is in JSON Schema. */
const kinds: Readonly<Record<Row[1], JsonObject>> = {
  text: { type: 'string' },
  secret: { type: 'string' },
  url: { type: 'string', pattern: '^(https?://.+)?$' },
  address: { type: ['string', 'integer'], pattern: '^((.*:)?\\d+)?$', minimum: 0, maximum: 65_535 },
  duration,
  limit: { type: 'string', pattern: '^(?=.*[1-9])\\d+(\\.\\d+)?(ms|s|m|h|d)$' },
  count: { type: 'integer', minimum: 1 },
  fraction: { type: 'number', minimum: 0, maximum: 1 },
  flag: { type: 'boolean' },
  list: {
    type: 'array',
    items: { type: 'string', pattern: '^(tcp://.+:\\d+|https?://.+|file:.+|exec:.+)$' },
  },
  map: { type: 'object', additionalProperties: { type: ['string', 'number', 'boolean'] } },
  schedules: {
    type: 'object',
    propertyNames: { pattern: '^[\\w.-]+$' },
    additionalProperties: { anyOf: [{ type: 'string' }, schedule] },
  },
  signal: { type: 'string', pattern: '^SIG[A-Z0-9]+$' },
  on_error: { enum: ['exit', 'hold'] },
}

/** The JSON Schema of the key `ww`, for editors: what `etc/settings.schema.json` holds. */
export function drawSettingsSchema(): JsonObject {
  const root: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'whaleware',
    ...section(),
  }
  for (const [path, kind, fallback, what] of settingsTable) {
    const keys = path.split('.')
    const last = keys.pop() ?? ''
    const parent = keys.reduce((at, key) => openSection(at, key), root)
    propertiesOf(parent)[last] = {
      description: what,
      ...kinds[kind],
      ...(fallback === null ? {} : { default: fallback }),
    }
  }
  return root
}

function section(): JsonObject {
  return { type: 'object', additionalProperties: false, properties: {} }
}

/** The section under a key, made when it is not there. */
function openSection(parent: JsonObject, key: string): JsonObject {
  const child = propertiesOf(parent)[key]
  if (isObject(child)) return child
  const made = section()
  propertiesOf(parent)[key] = made
  return made
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  if (!isObject(properties)) throw new Error('a setting has the key of a section')
  return properties
}
