/**
 * Requests a stop or a restart with the command that it is given, and prints what /readyz, `ww health` and
 * `ww status --json` show meanwhile: one JSON object per line, until it is ended.
 */
import { execFile } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

const run = (command, args) =>
  new Promise((resolve) => {
    execFile(command, args, (error, stdout) => resolve({ code: error ? (error.code ?? -1) : 0, stdout }))
  })

const probe = () =>
  fetch('http://127.0.0.1:9000/readyz').then(
    (response) => response.status,
    () => 0,
  )

const parse = (text) => {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}

/** What hooks run, as they have written down. */
const phase = () => (existsSync('/tmp/phase') ? readFileSync('/tmp/phase', 'utf8').trim() : '')

let accepted = false
run('ww', process.argv.slice(2)).then(({ code }) => {
  accepted = true
  console.log(JSON.stringify({ code }))
})
for (;;) {
  const before = { accepted, phase: phase() }
  const [readyz, health, status] = await Promise.all([
    probe(),
    run('ww', ['health']),
    run('ww', ['status', '--json']),
  ])
  const { state, ready } = parse(status.stdout)
  console.log(JSON.stringify({ ...before, after: phase(), readyz, health: health.code, state, ready }))
}
