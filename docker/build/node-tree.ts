import { chmodSync, copyFileSync, cpSync, mkdirSync, realpathSync, writeFileSync } from 'node:fs'
import { bundleProgram } from './bundle.ts'

/** The compile cache is made where the tree is installed: it is keyed by path, version and user. */
const loader = `require('node:module').enableCompileCache(__dirname + '/cache')
require('./program/main.cjs')
`

/** Puts the program and Node into a tree, instead of the executable: the last runtime, to compare with. */
export async function addNodeProgram(root: string, tree: string): Promise<void> {
  await bundleProgram(`${root}/ww/main.ts`, `${tree}/program`)
  writeFileSync(`${tree}/run.cjs`, loader)
  mkdirSync(`${tree}/lib`, { recursive: true })
  copyFileSync(realpathSync(process.execPath), `${tree}/node`)
  chmodSync(`${tree}/node`, 0o755)
  cpSync(`${root}/docker/build/node-start`, `${tree}/sh/start`)
}
