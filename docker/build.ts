/**
 * Makes `dist/ww`: all of whaleware and its runtime in one tree, to COPY to /ww (or anywhere) in any image.
 *
 *   npm run build
 *   npm run build -- --target linux-arm64    dist/ww-linux-arm64, on any machine; also linux-x64 and both with -musl
 *   npm run build -- --runtime node          dist/ww-node, which the benches compare with
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { compileAddon } from './build/addon.ts'
import { compileProgram } from './build/compile.ts'
import { addPackages } from './build/debian.ts'
import { addNodeProgram } from './build/node-tree.ts'
import { bundlePage } from './build/page.ts'
import { here, targets } from './build/targets.ts'

const { values } = parseArgs({
  options: { target: { type: 'string' }, runtime: { type: 'string', default: 'bun' } },
})
const name = values.target ?? here
const target = targets[name]
if (!target) throw new Error(`there is no target ${name}; there are ${Object.keys(targets).join(', ')}`)

const root = resolve(import.meta.dirname, '..')
const cache = `${root}/dist/cache`
const suffix = values.target ? `-${name}` : values.runtime === 'node' ? '-node' : ''
const tree = `${root}/dist/ww${suffix}`

rmSync(tree, { recursive: true, force: true })
mkdirSync(`${tree}/usr`, { recursive: true })
for (const file of readdirSync(`${root}/ww/sh`)) {
  const isProgram = ['run', 'cfg', 'ww'].includes(file)
  cpSync(`${root}/ww/sh/${file}`, isProgram ? `${tree}/${file}` : `${tree}/sh/${file}`)
}
if (values.runtime === 'node') await addNodeProgram(root, tree)
else await compileProgram(root, target, `${tree}/whaleware`, cache)
await compileAddon(root, target, `${tree}/lib/notify.node`)
writeFileSync(`${tree}/version.json`, `${JSON.stringify(readVersion())}\n`)
await addPackages(tree, target, values.runtime === 'node' ? ['libstdc++6', 'libgcc-s1'] : [], cache)
await bundlePage(`${root}/ww/receiver/page`, `${tree}/fleet-page`)
cpSync(`${root}/etc`, `${tree}/etc`, { recursive: true })
cpSync(`${root}/usr-scripts`, `${tree}/usr-scripts`, { recursive: true })
process.stdout.write(`made ${tree}\n`)

/** What `ww --version` prints; no commit where the sources are no checkout. */
function readVersion(): { version: string; commit: string | null; libc: string } {
  const { version }: { version: string } = JSON.parse(readFileSync(`${root}/package.json`, 'utf8'))
  const { status, stdout } = spawnSync('git', ['-C', root, 'rev-parse', '--short', 'HEAD'], {
    encoding: 'utf8',
  })
  const libc = name.endsWith('-musl') ? 'musl' : 'glibc'
  return { version, commit: status === 0 ? stdout.trim() : null, libc }
}
