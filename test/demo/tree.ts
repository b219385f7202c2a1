/**
 * A tree of supervisors that one can watch: the one at :7070 tracks :8080 and :9090, and each of these tracks servers
 * at higher ports, which take two seconds to start. Ctrl-C stops all of it.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { writeTree } from '../helpers/tree.ts'

const directory = mkdtempSync(join(tmpdir(), 'whaleware-tree-'))
const log = join(directory, 'log')
const tree = {
  port: 7070,
  targets: [
    { port: 8080, targets: [8081, 8082, 8083] },
    { port: 9090, targets: [9091, 9092] },
  ],
}
const isTerminal = process.stdout.isTTY
process.stdout.write(`
Try, in another terminal:

  curl -H 'accept: text/plain' localhost:7070/state     a table of the targets
  curl 'localhost:8082/httpStatus?code=500'             a leaf fails: it is ended and started again
  kill -9 PID                                           any of them: it is healed
  curl localhost:7070/kill                              all of it goes down, as upon Ctrl-C

${isTerminal ? `The log is ${log}. It begins in a moment.` : ''}
`)
const [program = '', ...args] = writeTree(tree, directory, 2000)
const output = isTerminal ? openSync(log, 'a') : 'inherit'
const top = spawn(program, args, { stdio: ['ignore', output, output] })
let watch: ChildProcess | null = null
const start = setTimeout(() => {
  if (!isTerminal) return
  const main = resolve(import.meta.dirname, '../../ww/main.ts')
  watch = spawn(program, ['--import', 'tsx', main, 'supervise', '--watch'], { stdio: 'inherit' })
}, 4000)

// Ctrl-C reaches the top too; this process only waits for its end
process.on('SIGINT', () => {})
process.on('SIGTERM', () => top.kill('SIGTERM'))
top.once('exit', (code) => {
  clearTimeout(start)
  watch?.kill()
  rmSync(directory, { recursive: true, force: true })
  process.stdout.write(`\nThe tree ended with exit code ${code}; ${directory} is removed.\n`)
  process.exitCode = code ?? 1
})
