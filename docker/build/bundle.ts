import { globSync, mkdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { build, type Plugin } from 'esbuild'

/** A module that is loaded only when it is needed: its file in the source or in a package, and its chunk's name. */
type Chunk = { readonly path: string; readonly name: string }

/**
 * Bundles the program to minified CommonJS, which starts fastest: `main.cjs`, and a chunk of its own for whatever is
 * imported dynamically, so that nothing is parsed before it is needed. What runs in a thread of its own is in files whose
 * names end in `-thread.ts`; each becomes a chunk too.
 */
export async function bundleProgram(entry: string, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true })
  const known = new Map<string, Chunk>([[entry, { path: entry, name: 'main' }]])
  for (const path of globSync(`${dirname(entry)}/**/*-thread.ts`))
    known.set(path, { path, name: nameChunk('./', path) })
  for (const chunk of known.values()) {
    await build({
      entryPoints: [chunk.path],
      outfile: `${directory}/${chunk.name}.cjs`,
      bundle: true,
      minify: true,
      keepNames: true,
      platform: 'node',
      target: 'node24',
      format: 'cjs',
      // `require` keeps the default exports of ES modules, which a real import() of CommonJS would not
      supported: { 'dynamic-import': false },
      // a package's UMD file hides its `require` from the bundler
      mainFields: ['module', 'main'],
      define: { 'import.meta.url': 'importMetaUrl' },
      banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
      logLevel: 'warning',
      plugins: [separateDynamicImports(known)],
    })
  }
}

function separateDynamicImports(known: Map<string, Chunk>): Plugin {
  return {
    name: 'separate-dynamic-imports',
    setup({ onResolve, resolve: resolveAsUsual }) {
      onResolve({ filter: /./ }, async ({ path, kind, importer, resolveDir, pluginData }) => {
        if (kind !== 'dynamic-import' || path.startsWith('node:') || pluginData === 'resolved')
          return undefined
        const { path: found } = await resolveAsUsual(path, {
          kind,
          importer,
          resolveDir,
          pluginData: 'resolved',
        })
        const chunk = known.get(found) ?? { path: found, name: nameChunk(path, found) }
        known.set(found, chunk)
        return { path: `./${chunk.name}.cjs`, external: true }
      })
    },
  }
}

/** `./commands/run.ts` becomes `commands-run`, the package `got` stays `got`. */
function nameChunk(specifier: string, path: string): string {
  if (!specifier.startsWith('.')) return specifier.replace(/\W+/g, '-')
  return `${basename(dirname(resolve(path)))}-${basename(path).replace(/\.\w+$/, '')}`
}
