import { chmodSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compileAddon } from '../../docker/build/addon.ts'
import { targets } from '../../docker/build/targets.ts'
import { builtTree } from './program.ts'

let compiled: Promise<string> | null = null

/** The addon of the built tree, or one that is compiled for the tests of this process. */
export function findAddon(): Promise<string> {
  compiled ??= builtTree ? Promise.resolve(`${builtTree}/lib/notify.node`) : compile()
  return compiled
}

async function compile(): Promise<string> {
  const target = targets[`linux-${process.arch}`]
  if (!target) throw new Error(`there is no target for ${process.arch}`)
  const directory = mkdtempSync(join(tmpdir(), 'ww-addon-'))
  // other users load it too
  chmodSync(directory, 0o755)
  process.once('exit', () => process.getBuiltinModule('node:fs').rmSync(directory, { recursive: true }))
  const file = join(directory, 'notify.node')
  await compileAddon(join(import.meta.dirname, '../..'), target, file)
  return file
}
