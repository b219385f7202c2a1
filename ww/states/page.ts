import { drawSvg, escapeHtml } from './draw-chart.ts'
import type { HistoryEntry, MachineRecord } from './record.ts'

/** How much of the history the page shows. */
const shown = 50

/** The page of one machine: its chart with the current state marked, and what happened; live through its stream. */
export function drawMachinePage(name: string, record: MachineRecord): string {
  const title = escapeHtml(name)
  return drawPage(
    `${title}: ${escapeHtml(record.state)}`,
    `<header><nav><a href="/machines/">All machines</a></nav>
<h1>${title}</h1>
<p><strong id="state" aria-live="polite">${escapeHtml(record.state)}</strong> · revision <span id="revision">${record.revision}</span> · <span id="link" role="status">connecting</span></p></header>
<main data-machine="${title}">
<figure>${drawSvg(record)}</figure>
<section><h2>History</h2>
<table><thead><tr><th>Revision</th><th>When (UTC)</th><th>Who</th><th>What</th><th>State</th></tr></thead>
<tbody id="history" data-shown="${shown}">${record.history.slice(-shown).reverse().map(drawEntry).join('')}</tbody></table></section>
</main><script src="/page.js" type="module"></script>`,
  )
}

/** The page of all machines. */
export function drawListPage(machines: readonly (readonly [name: string, record: MachineRecord])[]): string {
  const rows = machines.map(
    ([name, { state, revision }]) =>
      `<tr><td><a href="/machines/${encodeURIComponent(name)}/page">${escapeHtml(name)}</a></td><td>${escapeHtml(state)}</td><td>${revision}</td></tr>`,
  )
  const none = '<p>There is none yet: <code>curl --data-binary @states.yaml "…/machines?name=NAME"</code></p>'
  return drawPage(
    'State machines',
    `<header><h1>State machines</h1></header><main>${
      rows.length === 0
        ? none
        : `<table><thead><tr><th>Machine</th><th>State</th><th>Revision</th></tr></thead><tbody>${rows.join('')}</tbody></table>`
    }</main>`,
  )
}

function drawPage(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,"><link rel="stylesheet" href="/page.css"></head>
<body>${body}</body></html>
`
}

function drawEntry({ revision, at, by, what, state }: HistoryEntry): string {
  const cells = [String(revision), at.slice(0, 19).replace('T', ' '), by, what, state]
  return `<tr>${cells.map((cell) => `<td>${escapeHtml(cell)}</td>`).join('')}</tr>`
}

/** The style of both pages, light and dark. */
export const pageStyle = `:root { --ink: #1d2433; --paper: #fff; --soft: #5b6577; --line: #c9d0dc; --now: #0b6e4f; --on: #fff }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ef; --paper: #14171d; --soft: #9aa4b5; --line: #3a4250; --now: #3ecf9b; --on: #08120e } }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; color: var(--ink); background: var(--paper); font: 16px/1.5 system-ui, sans-serif }
a { color: inherit }
h1 { margin: 0 } h2 { font-size: 1.1rem }
header p { color: var(--soft) } #state { color: var(--now) }
main { display: flex; flex-wrap: wrap; gap: 2rem; align-items: start }
figure { margin: 0; overflow-x: auto; max-width: 100% } section { flex: 1 1 24rem; overflow-x: auto }
table { border-collapse: collapse; font-size: .9rem } th, td { padding: .25rem .8rem .25rem 0; text-align: left; border-bottom: 1px solid var(--line); white-space: nowrap }
th { color: var(--soft); font-weight: 600 }
.state rect { fill: none; stroke: var(--line); stroke-width: 2 }
.state text { fill: var(--ink); text-anchor: middle; dominant-baseline: central; font-size: 14px }
.state.current rect { fill: var(--now); stroke: var(--now) } .state.current text { fill: var(--on); font-weight: 700 }
.arrow path { fill: none; stroke: var(--soft); stroke-width: 1.5 } .arrow text { fill: var(--soft); dominant-baseline: central; font-size: 12px; paint-order: stroke; stroke: var(--paper); stroke-width: 4 }
#tip path { fill: var(--soft) }
`

/** What keeps a machine's page up to date; plain script for the browser. */
export const pageScript = `const name = document.querySelector('main').dataset.machine
const byId = (id) => document.getElementById(id)
const drawn = new Map([...document.querySelectorAll('[data-state]')].map((box) => [box.dataset.state, box]))
const counts = new Map([...document.querySelectorAll('[data-count]')].map((label) => [label.dataset.count, label]))
const namesOf = ({ states }) => (Array.isArray(states) ? states.map((state) => state.name) : Object.keys(states))

function show({ state, revision, chart }) {
  const names = namesOf(chart)
  if (names.length !== drawn.size || names.some((name) => !drawn.has(name))) return location.reload()
  for (const [name, box] of drawn) box.classList.toggle('current', name === state)
  if (Array.isArray(chart.states)) for (const { name, current } of chart.states)
    if (current && counts.has(name)) counts.get(name).textContent = current.value
  byId('state').textContent = state
  byId('revision').textContent = revision
  document.title = name + ': ' + state
}

function remember({ revision, at, by, what, state }) {
  const row = document.createElement('tr')
  for (const text of [revision, at.slice(0, 19).replace('T', ' '), by, what, state]) row.insertCell().textContent = text
  const history = byId('history')
  history.prepend(row)
  while (history.rows.length > Number(history.dataset.shown)) history.deleteRow(-1)
}

const stream = new EventSource('/machines/' + encodeURIComponent(name) + '/stream?since=' + byId('revision').textContent)
stream.onopen = () => { byId('link').textContent = 'live' }
stream.onerror = () => { byId('link').textContent = 'connection lost, trying again' }
stream.addEventListener('snapshot', ({ data }) => show(JSON.parse(data)))
stream.addEventListener('change', ({ data }) => {
  const { machine, ...entry } = JSON.parse(data)
  remember(entry)
  if (machine) show(machine)
})
stream.addEventListener('removed', () => {
  stream.close()
  byId('link').textContent = 'the machine was removed'
})
`
