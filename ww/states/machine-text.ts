import { type Document, isMap, isScalar, parseDocument, stringify } from 'yaml'
import { UserError } from '../base/errors.ts'
import { dataOf } from './chart-data.ts'
import { hasAliases, readMachine } from './read-yaml.ts'
import type { HistoryEntry, MachineRecord } from './record.ts'

/** Draws a machine as YAML. */
export type DrawMachine = (record: MachineRecord) => string

const mark = ' Kept by ww states: the number of changes, and the newest of them last.'

/**
 * Makes what draws a machine as YAML that is a chart again. The chart stays as its author wrote it, comments and all:
 * only the current state and the counts change; the history stands beneath.
 */
export function prepareDrawing(record: MachineRecord, document?: Document.Parsed): DrawMachine {
  if (document && !hasAliases(document)) {
    const draw = fillIn(takeChart(document, record), record)
    // whatever a document may hold that we can't write back is not worth a damaged file
    if (isRead(draw(record), record)) return draw
  }
  const draw = fillIn(stringify(dataOf(record), { lineWidth: 0, blockQuote: false }), record)
  if (isRead(draw(record), record)) return draw
  throw new UserError('this chart cannot be written as YAML; plainer names would do')
}

/** Whether a text is read as this record. */
function isRead(text: string, record: MachineRecord): boolean {
  const again = readMachine(text)
  return 'record' in again && JSON.stringify(again.record) === JSON.stringify(record)
}

/** The text of the chart alone, without what is kept beneath it. */
function takeChart(original: Document.Parsed, record: MachineRecord): string {
  const document = original.clone() as Document.Parsed
  const { contents } = document
  if (isMap(contents)) contents.flow = false
  const kept = isMap(contents) && contents.items.find(({ key }) => isScalar(key) && key.value === 'revision')
  if (kept && isScalar(kept.key)) {
    // the author's last comment is taken for one on our first line
    const comment = kept.key.commentBefore?.split('\n').filter((line) => line !== mark)
    if (comment && comment.length > 0) document.comment = comment.join('\n')
  }
  for (const key of ['revision', 'history', 'keys']) document.delete(key)
  if (!document.has('current_state')) document.set('current_state', record.state)
  return document.toString({ lineWidth: 0 })
}

type Slot = { readonly start: number; readonly end: number; readonly draw: (record: MachineRecord) => string }

/** Finds the values that change in a text, and fills in a record's. */
function fillIn(text: string, { chart }: MachineRecord): DrawMachine {
  const document = parseDocument(text)
  const slots: Slot[] = []
  const addSlot = (path: readonly (string | number)[], draw: Slot['draw']): void => {
    const node = document.getIn(path, true)
    if (isScalar(node) && node.range) slots.push({ start: node.range[0], end: node.range[1], draw })
  }
  addSlot(['current_state'], ({ state }) => drawName(state))
  if (chart.kind === 'linear') {
    for (const [index, { current }] of chart.states.entries())
      if (current) addSlot(['states', index, 'current', 'value'], (record) => drawCount(record, index))
  }
  slots.sort((a, b) => a.start - b.start)
  const between = slots.map(({ start }, index) => text.slice(slots[index - 1]?.end ?? 0, start))
  const end = text.slice(slots.at(-1)?.end ?? 0)
  return (record) => {
    const filled = slots.map(({ draw }, index) => `${between[index]}${draw(record)}`).join('')
    return `${filled}${end}${end.endsWith('\n') ? '' : '\n'}${drawKept(record)}`
  }
}

function drawCount({ chart }: MachineRecord, index: number): string {
  return String(chart.kind === 'linear' ? (chart.states[index]?.current?.value ?? 0) : 0)
}

/** Plain where every reader of YAML takes it for text. */
function drawName(name: string): string {
  const isPlain = /^[A-Za-z_][\w-]*$/.test(name) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(name)
  return isPlain ? name : JSON.stringify(name)
}

function drawKept({ revision, history, keys }: MachineRecord): string {
  if (revision === 0) return ''
  const entries = history.length === 0 ? ' []\n' : `\n${history.map(drawEntry).join('')}`
  return `#${mark}\nrevision: ${revision}\nkeys: ${JSON.stringify(keys)}\nhistory:${entries}`
}

/** An entry stays for 1,000 writes, and is drawn once. */
const drawn = new WeakMap<HistoryEntry, string>()

function drawEntry(entry: HistoryEntry): string {
  const before = drawn.get(entry)
  if (before !== undefined) return before
  const { revision, at, by, what, state } = entry
  const [who, done, then] = [by, what, state].map((text) => JSON.stringify(text))
  const line = `- { revision: ${revision}, at: "${at}", by: ${who}, what: ${done}, state: ${then} }\n`
  drawn.set(entry, line)
  return line
}
