import { readGroupKey, readSortKey, type Selection, usualSelection } from './selection.ts'

/** What the address in the browser names: an instance, or a selection of the fleet. */
export type Address =
  | { readonly kind: 'instance'; readonly id: string }
  | { readonly kind: 'fleet'; readonly selection: Selection }

/** Reads the part of an address after its #; whatever it does not understand is as usual. */
export function readAddress(hash: string): Address {
  const id = /^#\/instances\/(.+)$/.exec(hash)?.[1]
  if (id !== undefined) return { kind: 'instance', id }
  const query = new URLSearchParams(hash.split('?')[1] ?? '')
  const selection: Selection = {
    search: query.get('search') ?? usualSelection.search,
    status: query.get('status') ?? usualSelection.status,
    sort: readSortKey(query.get('sort')) ?? usualSelection.sort,
    descending: query.has('descending'),
    group: readGroupKey(query.get('group')),
  }
  return { kind: 'fleet', selection }
}

/** The address of a selection, with only what is not as usual: what is shown can be kept, and sent to somebody. */
export function addressOf({ search, status, sort, descending, group }: Selection): string {
  const query = new URLSearchParams()
  if (search !== usualSelection.search) query.set('search', search)
  if (status !== null) query.set('status', status)
  if (sort !== usualSelection.sort) query.set('sort', sort)
  if (descending) query.set('descending', '')
  if (group !== null) query.set('group', group)
  return query.size === 0 ? '#/' : `#/?${query}`
}
