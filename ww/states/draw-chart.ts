import { statesOf } from '../chart/chart.ts'
import type { LinearState, MachineRecord } from './record.ts'

type Arrow = { readonly from: number; readonly to: number; readonly label: string }

/** The measures of the drawing, in its own units: about those of a pixel. */
const [boxWidth, boxHeight, rowHeight, letter, reach, step] = [220, 44, 92, 7.4, 28, 26]

/**
 * Draws a machine's chart as SVG: the states beneath each other, the way forward between them, leaps on the right and
 * ways back on the left. The current state has the class `current`; counts stand in elements with `data-count`.
 */
export function drawSvg(record: MachineRecord): string {
  const { names, arrows } = listArrows(record)
  const sides = arrows
    .filter(({ from, to }) => to !== from + 1)
    .map((arrow) => ({ ...arrow, bulge: bulgeOf(arrow) }))
  const room = (isHere: (arrow: Arrow) => boolean): number =>
    Math.max(20, ...sides.filter(isHere).map(({ label, bulge }) => bulge + plainLength(label) * letter + 16))
  const left = room(({ from, to }) => to < from)
  const straight = arrows
    .filter(({ from, to }) => to === from + 1)
    .map(({ label }) => plainLength(label) * letter)
  const right = Math.max(
    room(({ from, to }) => to >= from),
    ...straight.map((width) => width - boxWidth / 2 + 30),
  )
  const [width, height] = [left + boxWidth + right, names.length * rowHeight - (rowHeight - boxHeight) + 20]
  const parts = [
    ...arrows.map((arrow) => drawArrow(arrow, left)),
    ...names.map((name, row) => drawBox(name, row, left, name === record.state)),
  ]
  return `<svg viewBox="0 0 ${width.toFixed(0)} ${height}" width="${width.toFixed(0)}" role="img" aria-label="The chart of the machine">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto"><path d="M0 0 8 4 0 8z"/></marker></defs>
${parts.join('\n')}
</svg>`
}

/** Text as it may stand in HTML. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`)
}

function listArrows({ chart }: MachineRecord): { names: string[]; arrows: Arrow[] } {
  if (chart.kind === 'linear') {
    const names = chart.states.map(({ name }) => name)
    const arrows = chart.states.flatMap((state, from) =>
      state.target ? [{ from, to: names.indexOf(state.target.name), label: labelOf(state) }] : [],
    )
    return { names, arrows }
  }
  const names = statesOf(chart.chart)
  const arrows = names.flatMap((name, from) => {
    const events = Object.entries(chart.chart.states[name] ?? {}).filter(([, target]) => target !== null)
    const byTarget = Map.groupBy(events, ([, target]) => target)
    return [...byTarget].map(([target, all]) => ({
      from,
      to: names.indexOf(String(target)),
      label: escapeHtml(all.map(([event]) => event).join(', ')),
    }))
  })
  return { names, arrows }
}

function labelOf({ name, func, current, target }: LinearState): string {
  const goal = escapeHtml(String(target?.when.value))
  if (func === 'time') return `at ${goal}`
  const count = `<tspan data-count="${escapeHtml(name)}">${current?.value}</tspan>`
  return `${escapeHtml(String(current?.key))} ${count} of ${goal}`
}

function plainLength(label: string): number {
  return label.replace(/<[^>]*>/g, '').replace(/&#\d+;/g, '_').length
}

function drawBox(name: string, row: number, left: number, isCurrent: boolean): string {
  const y = 10 + row * rowHeight
  const short = name.length > 26 ? `${name.slice(0, 25)}…` : name
  return `<g class="state${isCurrent ? ' current' : ''}" data-state="${escapeHtml(name)}"><title>${escapeHtml(name)}</title>
<rect x="${left}" y="${y}" width="${boxWidth}" height="${boxHeight}" rx="8"/>
<text x="${left + boxWidth / 2}" y="${y + boxHeight / 2}">${escapeHtml(short)}</text></g>`
}

function bulgeOf({ from, to }: Arrow): number {
  return reach + step * Math.abs(to - from)
}

function drawArrow(arrow: Arrow, left: number): string {
  const { from, to, label } = arrow
  const middle = (row: number): number => 10 + row * rowHeight + boxHeight / 2
  const [start, end] = [middle(from), middle(to)]
  if (to === from + 1) {
    const x = left + boxWidth / 2
    const [top, bottom] = [start + boxHeight / 2, end - boxHeight / 2 - 1]
    return drawPath(`M${x} ${top}V${bottom}`, x + 10, (top + bottom) / 2, 'start', label)
  }
  const isBack = to < from
  const edge = isBack ? left : left + boxWidth
  const far = edge + (isBack ? -1 : 1) * bulgeOf(arrow)
  // a state that leads to itself does so in its upper half, where nothing else leaves or arrives
  const [a, b] = from === to ? [start - 16, start - 2] : [start + (isBack ? -8 : 8), end + (isBack ? 8 : -8)]
  const path = `M${edge} ${a}C${far} ${a} ${far} ${b} ${edge} ${b}`
  const x = edge + (far - edge) * 0.75 + (isBack ? -6 : 6)
  return drawPath(path, x, from === to ? a - 2 : (a + b) / 2, isBack ? 'end' : 'start', label)
}

function drawPath(path: string, x: number, y: number, anchor: string, label: string): string {
  return `<g class="arrow"><path d="${path}" marker-end="url(#tip)"/><text x="${x}" y="${y}" text-anchor="${anchor}">${label}</text></g>`
}
