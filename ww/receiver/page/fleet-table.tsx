import { useRef, useState } from 'preact/hooks'
import { GroupRow, InstanceRow } from './fleet-row.tsx'
import type { Row, Selection, SortKey } from './selection.ts'
import { useVirtualRows } from './virtual-rows.ts'

/** As high as the style sheet makes a row, in pixels. */
const rowHeight = 34

const columns: readonly (readonly [SortKey | null, string, string])[] = [
  ['status', 'Status', 'status'],
  ['instance', 'Instance', 'instance'],
  ['app', 'App', 'app'],
  ['since', 'For', 'since'],
  ['heardAt', 'Heard', 'heard'],
  ['version', 'Version', 'version'],
  ['host', 'Host', 'host'],
  ['restarts', 'Restarts', 'restarts'],
  [null, 'Last stats', 'stats'],
]

type TableProps = {
  readonly rows: readonly Row[]
  readonly now: number
  readonly selection: Selection
  readonly onSelect: (selection: Selection) => void
}

/** Every instance in a line; arrows or j and k move, Enter opens, Escape leaves the filter. */
export function FleetTable({ rows, now, selection, onSelect }: TableProps) {
  const scroller = useRef<HTMLDivElement>(null)
  // the row itself is chosen, not its place: what is above it comes and goes
  const [chosen, setChosen] = useState({ key: '', index: 0 })
  const cursor = findCursor(rows, chosen)
  const { items, height, scrollTo } = useVirtualRows(scroller, rows.length, rowHeight)
  const choose = (index: number): void => setChosen({ key: keyOf(rows[index]), index })
  const move = (to: number): void => {
    const next = Math.max(0, Math.min(rows.length - 1, to))
    choose(next)
    scrollTo(next)
  }
  const press = (event: KeyboardEvent): void => {
    // a button that sorts, or a link, has a key of its own
    if (event.target instanceof Element && event.target.closest('button, a')) return
    const page = Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight)
    const steps: Readonly<Record<string, number>> = {
      ...{
        ArrowDown: 1,
        j: 1,
        ArrowUp: -1,
        k: -1,
        PageDown: page,
        PageUp: -page,
        Home: -rows.length,
        End: rows.length,
      },
    }
    const step = steps[event.key]
    const row = rows[cursor]
    if (step !== undefined) move(cursor + step)
    else if (event.key === 'Enter' && row?.kind === 'instance') location.hash = `#/instances/${row.view.id}`
    else if (event.key === 'Escape') onSelect({ ...selection, status: null, search: '' })
    else return
    event.preventDefault()
  }
  const sort = (key: SortKey): void =>
    onSelect({ ...selection, sort: key, descending: selection.sort === key && !selection.descending })

  return (
    <div
      class="grid"
      role="grid"
      aria-rowcount={rows.length + 1}
      tabIndex={0}
      aria-activedescendant={`row-${cursor}`}
      onKeyDown={press}
    >
      <div class="row head" role="row" tabIndex={-1}>
        {columns.map(([key, title, name]) => (
          <div
            key={title}
            class={`cell ${name}`}
            role="columnheader"
            tabIndex={-1}
            aria-sort={key === selection.sort ? (selection.descending ? 'descending' : 'ascending') : 'none'}
          >
            {key === null ? (
              title
            ) : (
              <SortButton title={title} mark={markOf(key, selection)} onSort={() => sort(key)} />
            )}
          </div>
        ))}
      </div>
      <div class="scroller" ref={scroller}>
        {rows.length === 0 && <p class="empty">Nothing to show.</p>}
        <div class="rows" style={{ height: `${height}px` }}>
          {items.map(({ index, start }) => {
            const row = rows[index]
            if (row === undefined) return null
            const common = { start, index, chosen: index === cursor, onChoose: () => choose(index) }
            return row.kind === 'group' ? (
              <GroupRow key={keyOf(row)} row={row} {...common} />
            ) : (
              <InstanceRow key={row.view.id} view={row.view} now={now} {...common} />
            )
          })}
        </div>
      </div>
    </div>
  )
}

function SortButton({ title, mark, onSort }: { title: string; mark: string; onSort: () => void }) {
  return (
    <button type="button" onClick={onSort}>
      {title}
      {mark}
    </button>
  )
}

function markOf(key: SortKey, { sort, descending }: Selection): string {
  return key === sort ? (descending ? ' ↓' : ' ↑') : ''
}

function keyOf(row: Row | undefined): string {
  if (row === undefined) return ''
  return row.kind === 'group' ? `group ${row.name}` : row.view.id
}

/** Where the chosen row is now; where it was, when it is shown no more. */
function findCursor(rows: readonly Row[], { key, index }: { key: string; index: number }): number {
  const found = rows.findIndex((row) => keyOf(row) === key)
  return found >= 0 ? found : Math.max(0, Math.min(index, rows.length - 1))
}
