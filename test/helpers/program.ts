import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '../..')

/** The built tree that WW_PROGRAM names, such as dist/ww; null to run the sources. */
export const builtTree: string | null = process.env.WW_PROGRAM ? resolve(process.env.WW_PROGRAM) : null

/** The words of a command line that starts the program itself: the sources with Node, or the built tree's. */
export function programWords(...args: string[]): [file: string, ...args: string[]] {
  if (!builtTree) return [process.execPath, `${root}/ww/main.ts`, ...args]
  const libraries = `${builtTree}/lib`
  return [`${libraries}/ld.so`, '--library-path', libraries, `${builtTree}/whaleware`, ...args]
}
