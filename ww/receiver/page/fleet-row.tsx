import type { InstanceView } from '../model.ts'
import type { Row } from './selection.ts'
import { kindOf, sayAge, sayStats, signOf } from './words.ts'

type RowProps = {
  readonly start: number
  readonly index: number
  readonly chosen: boolean
  readonly onChoose: () => void
}

/** An instance in a line. */
export function InstanceRow({
  view,
  now,
  start,
  index,
  chosen,
  onChoose,
}: RowProps & { view: InstanceView; now: number }) {
  const cells: readonly (readonly [string, string])[] = [
    ['app', view.app],
    ['since', sayAge(view.since, now)],
    ['heard', sayAge(view.heardAt, now)],
    ['version', view.version],
    ['host', view.host],
    ['restarts', view.restarts.day === 0 ? '' : `${view.restarts.hour} / ${view.restarts.day}`],
    ['stats', sayStats(view.stats)],
  ]
  return (
    <div
      class="row"
      role="row"
      tabIndex={-1}
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      style={{ transform: `translateY(${start}px)` }}
      onClick={onChoose}
    >
      <div class={`cell status ${kindOf(view.status)}`} role="gridcell" tabIndex={-1} title={view.reason}>
        <span aria-hidden="true">{signOf(view.status)}</span> {view.status}
      </div>
      <div class="cell instance" role="gridcell" tabIndex={-1}>
        <a href={`#/instances/${view.id}`} tabIndex={-1}>
          {view.instance}
        </a>
      </div>
      {cells.map(([name, text]) => (
        <div key={name} class={`cell ${name}`} role="gridcell" tabIndex={-1}>
          {text}
        </div>
      ))}
    </div>
  )
}

/** The head of a group. */
export function GroupRow({
  row,
  start,
  index,
  chosen,
  onChoose,
}: RowProps & { row: Extract<Row, { kind: 'group' }> }) {
  return (
    <div
      class="row group"
      role="row"
      tabIndex={-1}
      id={`row-${index}`}
      aria-rowindex={index + 2}
      aria-selected={chosen}
      style={{ transform: `translateY(${start}px)` }}
      onClick={onChoose}
    >
      <div class="cell" role="gridcell" tabIndex={-1}>
        <b>{row.name}</b> {row.count}
        {row.troubled > 0 && <span class="failure"> ✕ {row.troubled} in trouble</span>}
      </div>
    </div>
  )
}
