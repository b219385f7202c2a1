import { isObject, type JsonObject } from './json.ts'
import { listSettings } from './read-settings.ts'

/** The JSON Schema of the key `ww`, for editors: the content of `etc/settings.schema.json`. */
export function renderSettingsSchema(): JsonObject {
  const root: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'whaleware',
    ...section(),
  }
  for (const { keys, schema, fallback, description, obsolete } of listSettings()) {
    const parent = keys.slice(0, -1).reduce(openSection, root)
    const property: JsonObject = { description, ...schema }
    if (fallback !== null) property.default = fallback
    if (obsolete) property.deprecated = true
    propertiesOf(parent)[keys.at(-1) ?? ''] = property
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
