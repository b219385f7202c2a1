import { isObject, type JsonObject } from './json.ts'
import { listSettings } from './read-settings.ts'
import { anyName } from './section.ts'

/** The JSON Schema of the key `ww`, for editors: the content of `etc/settings.schema.json`. */
export function renderSettingsSchema(): JsonObject {
  const root: JsonObject = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'whaleware',
    ...section(),
  }
  for (const { keys, schema, fallback, description, obsolete, names } of listSettings()) {
    const parent = keys
      .slice(0, -1)
      .reduce(
        (above, key) => (key === anyName ? openNamed(above, names ?? '') : openSection(above, key)),
        root,
      )
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

/** The section of every name of the author's own. */
function openNamed(parent: JsonObject, pattern: string): JsonObject {
  parent.patternProperties ??= { [pattern]: section() }
  const named = isObject(parent.patternProperties) ? parent.patternProperties[pattern] : undefined
  if (!isObject(named)) throw new Error('one section has names of two kinds')
  return named
}

function propertiesOf({ properties }: JsonObject): JsonObject {
  if (!isObject(properties)) throw new Error('a setting has the key of a section')
  return properties
}
