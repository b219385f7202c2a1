import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { programWords } from './program.ts'

const root = resolve(import.meta.dirname, '../..')
const node = [process.execPath, '--import', 'tsx']

/** A tree of targets: the port of each supervisor, and what it supervises; a number is the port of a leaf. */
export type Tree = { readonly port: number; readonly targets: readonly (Tree | number)[] }

/** Where a target answers. */
export const urlOf = (port: number): string => `http://127.0.0.1:${port}/`

/** Writes the configuration of each supervisor, and answers with the command that starts the topmost one. */
export function writeTree({ port, targets }: Tree, directory: string, startDelay: number): string[] {
  mkdirSync(directory, { recursive: true })
  const leaf = join(root, 'test/fixtures/tree-leaf.ts')
  const entries = targets.map((target) => {
    if (typeof target === 'number')
      return [urlOf(target), quote([...node, leaf, String(target), String(startDelay)])]
    return [urlOf(target.port), quote(writeTree(target, directory, startDelay))]
  })
  const file = join(directory, `${port}.json`)
  const settings = entries.map(([url, run]) => [url, { run: `exec ${run}`, every: '250ms', timeout: '5s' }])
  writeFileSync(file, JSON.stringify(Object.fromEntries(settings), null, 2))
  return programWords('supervise', file, `127.0.0.1:${port}`)
}

function quote(words: readonly string[]): string {
  return words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ')
}
