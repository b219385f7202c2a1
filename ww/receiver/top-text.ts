import type { AppView, InstanceView } from './model.ts'
import { countStatuses, selectRows, usualSelection } from './page/selection.ts'
import { kindOf, sayAge, sayStats, signOf } from './page/words.ts'

/** The screen to draw on; no `rows` draws every instance, as for a file. */
export type Screen = { readonly columns: number; readonly rows?: number; readonly colour: boolean }

const paints: Readonly<Record<ReturnType<typeof kindOf>, string>> = {
  ...{ good: '32', bad: '31', warn: '33', busy: '34', idle: '2' },
}

/** The fleet as text: counts, apps that have a failure, and a line an instance, trouble first. */
export function renderTop(
  instances: readonly InstanceView[],
  apps: readonly AppView[],
  now: number,
  screen: Screen,
): string {
  const paint = (status: string, text: string): string =>
    screen.colour ? `\u001b[${paints[kindOf(status)]}m${text}\u001b[0m` : text
  const counts = countStatuses(instances).map(([status, count]) =>
    paint(status, `${count} ${signOf(status)} ${status}`),
  )
  const failing = apps
    .filter(({ majorFailure, minorFailure }) => majorFailure || minorFailure)
    .map(({ app, majorFailure }) => `${app || 'no app'}: ${majorFailure ? 'major' : 'minor'} failure`)
  const head = [
    [`${instances.length} instances`, ...counts].join('  '),
    ...(failing.length > 0 ? [paint('ERROR', failing.join(', '))] : []),
    '',
  ]
  const ordered = selectRows(instances, usualSelection).flatMap((row) =>
    row.kind === 'instance' ? [row.view] : [],
  )
  const room = screen.rows === undefined ? ordered.length : Math.max(0, screen.rows - head.length - 2)
  const shown = ordered.slice(0, room)
  const cells = [titles, ...shown.map((view) => listCells(view, now))]
  const widths = titles.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)))
  const table = cells.map((row, index) => {
    const line = row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')
    const cut = line.trimEnd().slice(0, screen.columns)
    const view = shown[index - 1]
    return view ? paint(view.status, cut.slice(0, widths[0])) + cut.slice(widths[0]) : cut
  })
  const more = ordered.length > shown.length ? [`… and ${ordered.length - shown.length} more`] : []
  return `${[...head, ...table, ...more].join('\n')}\n`
}

const titles = ['STATUS', 'INSTANCE', 'APP', 'FOR', 'HEARD', 'RESTARTS', 'VERSION', 'STATS']

function listCells(view: InstanceView, now: number): string[] {
  const { status, instance, app, since, heardAt, restarts, version, stats } = view
  return [
    ...[`${signOf(status)} ${status}`, instance, app, sayAge(since, now), `${sayAge(heardAt, now)} ago`],
    ...[restarts.day === 0 ? '' : `${restarts.hour}/${restarts.day}`, version, sayStats(stats)],
  ]
}
