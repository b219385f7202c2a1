/**
 * The main job, without a container: a small real HTTP server is taken through its whole life on this machine, its
 * hooks in sh. Everything is under one temporary folder; Ctrl-C stops it cleanly.
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const here = import.meta.dirname
const root = mkdtempSync(join(tmpdir(), 'whaleware-demo-'))
const home = join(root, 'ww')
cpSync(join(here, 'ww'), home, { recursive: true })
for (const program of ['cfg', 'ww']) cpSync(resolve(here, '../../ww/sh', program), join(home, program))
for (const name of ['data', 'run', 'backup']) mkdirSync(join(root, name))

const port = await findFreePort()
process.stdout.write(`
A small HTTP server goes through its life: it is created in ${root}, comes UP on
http://127.0.0.1:${port}, and has its monitor run every 5 s. Try, in another terminal:

  curl http://127.0.0.1:${port}              look at it
  curl http://127.0.0.1:${port}/die          kill the service: it is running again at once

Ctrl-C stops it cleanly.

`)

const instance = spawn(process.execPath, [resolve(here, '../../ww/main.ts'), 'run'], {
  stdio: 'inherit',
  env: {
    ...process.env,
    WW_HOME: home,
    WW_DATA: join(root, 'data'),
    WW_RUN: join(root, 'run'),
    WW_BACKUP: join(root, 'backup'),
    DEMO_NODE: process.execPath,
    CFG: JSON.stringify({ port }),
  },
})

// Ctrl-C reaches the instance too; this process only waits for its end
process.on('SIGINT', () => {})
process.on('SIGTERM', () => instance.kill('SIGTERM'))
instance.once('exit', (code) => {
  rmSync(root, { recursive: true, force: true })
  process.stdout.write(`\nIt ended with exit code ${code}; ${root} is removed.\n`)
  process.exit(code ?? 1)
})

function findFreePort(): Promise<number> {
  return new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => done(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
