import type { InstanceView } from '../model.ts'

/** What can be sorted by. */
export type SortKey = 'status' | 'instance' | 'app' | 'since' | 'version' | 'host' | 'heardAt' | 'restarts'

/** What can be grouped by. */
export type GroupKey = 'app' | 'host' | 'version'

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

/** What the page shows at first: trouble on top. */
export const initialSelection: Selection = {
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
  const words = selection.search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '')
  const found = [...views].filter(
    (view) => (selection.status === null || view.status === selection.status) && matches(view, words),
  )
  const direction = selection.descending ? -1 : 1
  found.sort((a, b) => direction * compareBy(selection.sort, a, b) || compare(a.id, b.id))
  const { group } = selection
  if (group === null) return found.map((view) => ({ kind: 'instance', view }))
  const groups = [...Map.groupBy(found, (view) => view[group])].sort(([a], [b]) => compare(a, b))
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

function matches(view: InstanceView, words: readonly string[]): boolean {
  if (words.length === 0) return true
  const text = [view.instance, view.app, view.status, view.version, view.host, view.reason]
    .join(' ')
    .toLowerCase()
  return words.every((word) => text.includes(word))
}

function compareBy(key: SortKey, a: InstanceView, b: InstanceView): number {
  if (key === 'status') return rankStatus(a.status) - rankStatus(b.status)
  if (key === 'restarts') return a.restarts.day - b.restarts.day
  return compare(a[key], b[key])
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
