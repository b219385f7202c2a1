import type { InstanceView } from '../model.ts'

/** What can be searched for by its name: `host:h1` is that host and no other. */
type Field = 'app' | 'host' | 'version'

const fields: readonly Field[] = ['app', 'host', 'version']

/** What to search for to find all that have a value, and no others. */
export function termOf(field: Field, value: string): string {
  return `${field}:${/\s/.test(value) ? `"${value}"` : value}`
}

/** Whether an instance is searched for: each word is somewhere in what the table shows of it, in capitals or not. */
export function makeSearch(text: string): (view: InstanceView) => boolean {
  const terms = (text.toLowerCase().match(/\w+:"[^"]+"|\S+/g) ?? []).map((term) => {
    const [, name, value = ''] = /^(\w+):"?([^"]+)"?$/.exec(term) ?? []
    const field = fields.find((one) => one === name)
    return { term, exact: field && { field, value } }
  })
  if (terms.length === 0) return () => true
  return (view) => {
    const { instance, app, status, version, host, reason } = view
    const shown = [instance, app, status, version, host, reason].join(' ').toLowerCase()
    return terms.every(({ term, exact }) =>
      exact ? view[exact.field].toLowerCase() === exact.value : shown.includes(term),
    )
  }
}
