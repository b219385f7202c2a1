import type { TargetView } from './view.ts'

/** Says a time span in the two largest units: `4 s`, `3 min 20 s`, `2 d 4 h`. */
export function sayDuration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`
}

const titles = ['TARGET', 'STATE', 'FOR', 'PING', 'RESTARTS', 'PID', 'REASON']

/** The cells of a table of targets, its titles first. */
export function listTargets(targets: readonly TargetView[], now: number): string[][] {
  return [
    titles,
    ...targets.map(({ url, state, since, lastPing, restarts, pid, reason }) => [
      url,
      state,
      sayDuration(now - since),
      lastPing ? `${lastPing.code ?? lastPing.what} ${Math.round(lastPing.ms)} ms` : '-',
      String(restarts),
      pid === null ? '-' : String(pid),
      reason,
    ]),
  ]
}

/** A table for a terminal. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths = titles.map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)))
  const lines = rows.map((row) => row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return lines.map((line) => `${line.trimEnd()}\n`).join('')
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** The same for a browser; it looks anew every second. */
export function renderPage(rows: readonly (readonly string[])[]): string {
  const clean = (text: string): string => text.replace(/[&<>"]/g, (letter) => entities[letter] ?? letter)
  const [head = [], ...body] = rows
  const cells = (row: readonly string[], tag: string): string =>
    `<tr>${row.map((cell) => `<${tag}>${clean(cell)}</${tag}>`).join('')}</tr>`
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta http-equiv="refresh" content="1">
<title>ww supervise</title><meta name="color-scheme" content="light dark">
<style>body{font:14px system-ui;margin:2em}td,th{text-align:left;padding:.2em 1em .2em 0}</style>
<table><thead>${cells(head, 'th')}</thead><tbody>${body.map((row) => cells(row, 'td')).join('\n')}</tbody></table></html>
`
}
