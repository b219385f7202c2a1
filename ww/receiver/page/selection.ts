import type { InstanceView } from '../model.ts'
import { makeSearch } from './search.ts'

const sortKeys = ['status', 'instance', 'app', 'since', 'version', 'host', 'heardAt', 'restarts'] as const
const groupKeys = ['app', 'host', 'version'] as const

/** What can be sorted by. */
export type SortKey = (typeof sortKeys)[number]

/** What can be grouped by. */
export type GroupKey = (typeof groupKeys)[number]

/** What to sort by, if it is something. */
export const readSortKey = (text: string | null): SortKey | null =>
  sortKeys.find((key) => key === text) ?? null

/** What to group by, if it is something. */
export const readGroupKey = (text: string | null): GroupKey | null =>
  groupKeys.find((key) => key === text) ?? null

/** Which instances are shown, and how. */
export type Selection = {
  readonly search: string
  readonly status: string | null
  readonly sort: SortKey
  readonly descending: boolean
  readonly group: GroupKey | null
}

/** A line of the table: an instance, or the head of a group. */
export type Row =
  | { readonly kind: 'instance'; readonly view: InstanceView }
  | { readonly kind: 'group'; readonly name: string; readonly count: number; readonly troubled: number }

/** What the page shows when nothing is chosen: trouble on top. */
export const usualSelection: Selection = {
  search: '',
  status: null,
  sort: 'status',
  descending: false,
  group: null,
}

/** The statuses, the most urgent first; others come after these. */
const urgency = [
  'ERROR',
  'LOST',
  'STUCK',
  'LATE',
  'RESTARTING',
  'BOOT',
  'FIRSTBOOT',
  'UPGRADING',
  'WARMUP',
  'UP',
  'STOPPED',
]

/** How urgent a status is: 0 is the most. */
export function rankStatus(status: string): number {
  const rank = urgency.indexOf(status)
  return rank < 0 ? urgency.length : rank
}

/** Whether somebody should look at it. */
export function isTroubled({ status }: InstanceView): boolean {
  return ['ERROR', 'LOST', 'STUCK', 'LATE'].includes(status)
}

/** How many instances have each status, the most urgent first. */
export function countStatuses(views: Iterable<InstanceView>): [string, number][] {
  const counts = new Map<string, number>()
  for (const { status } of views) counts.set(status, (counts.get(status) ?? 0) + 1)
  return [...counts].sort(([a], [b]) => rankStatus(a) - rankStatus(b) || compare(a, b))
}

/** The lines of the table. */
export function selectRows(views: Iterable<InstanceView>, selection: Selection): Row[] {
  const isFound = makeSearch(selection.search)
  const found = [...views].filter(
    (view) => (selection.status === null || view.status === selection.status) && isFound(view),
  )
  const sorted = sortViews(found, selection)
  const { group } = selection
  if (group === null) return sorted.map((view) => ({ kind: 'instance', view }))
  const groups = [...Map.groupBy(sorted, (view) => view[group])].sort(([a], [b]) =>
    compare(padNumbers(a), padNumbers(b)),
  )
  return groups.flatMap(([name, all]): Row[] => [
    {
      kind: 'group',
      name: name || `no ${group}`,
      count: all.length,
      troubled: all.filter(isTroubled).length,
    },
    ...all.map((view): Row => ({ kind: 'instance', view })),
  ])
}

function sortViews(views: readonly InstanceView[], { sort, descending }: Selection): InstanceView[] {
  const direction = descending ? -1 : 1
  return views
    .map((view) => ({ view, key: sortKeyOf(sort, view), id: padNumbers(view.id) }))
    .sort((a, b) => direction * compare(a.key, b.key) || compare(a.id, b.id))
    .map(({ view }) => view)
}

function sortKeyOf(key: SortKey, view: InstanceView): number | string {
  if (key === 'status') return rankStatus(view.status)
  if (key === 'restarts') return view.restarts.day
  return padNumbers(view[key])
}

/** web-2 before web-10, and 1.9 before 1.10. */
function padNumbers(text: string): string {
  return text.replace(/\d+/g, (digits) => digits.padStart(12, '0'))
}

function compare<Value extends number | string>(a: Value, b: Value): number {
  return a < b ? -1 : a > b ? 1 : 0
}
