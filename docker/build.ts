/** Makes `dist/ww`: all of whaleware and its runtime in one tree, to COPY to /ww in any image. */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { bundleProgram } from './build/bundle.ts'
import { bundlePage } from './build/page.ts'
import { addRuntime, installTools } from './build/runtime.ts'

const root = resolve(import.meta.dirname, '..')
const tree = `${root}/dist/ww`

/**
 * Before anything is loaded, an instance that is booting ignores what would end it. The compile cache is made where the tree is installed, by `docker/Dockerfile`: it is keyed by path, version and user.
 */
const loader = `if (process.argv[2] === 'run') for (const name of ['SIGHUP', 'SIGUSR1']) process.on(name, () => {})
require('node:module').enableCompileCache(__dirname + '/cache')
require('./program/main.cjs')
`

rmSync(tree, { recursive: true, force: true })
mkdirSync(`${tree}/usr`, { recursive: true })
await installTools()
await bundleProgram(`${root}/ww/main.ts`, `${tree}/program`)
await bundlePage(`${root}/ww/receiver/page`, `${tree}/program/fleet-page`)
writeFileSync(`${tree}/run.cjs`, loader)
writeFileSync(`${tree}/version.json`, `${JSON.stringify(readVersion())}\n`)
await addRuntime(tree)
for (const name of readdirSync(`${root}/ww/sh`)) {
  const isProgram = ['run', 'cfg', 'ww'].includes(name)
  cpSync(`${root}/ww/sh/${name}`, isProgram ? `${tree}/${name}` : `${tree}/sh/${name}`)
}
cpSync(`${root}/etc`, `${tree}/etc`, { recursive: true })
cpSync(`${root}/usr-scripts`, `${tree}/usr-scripts`, { recursive: true })
process.stdout.write(`made ${tree}\n`)

/** What `ww --version` prints; no commit where the sources are no checkout. */
function readVersion(): { version: string; commit: string | null } {
  const { version }: { version: string } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  const { status, stdout } = spawnSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
  })
  return { version, commit: status === 0 ? stdout.trim() : null }
}
