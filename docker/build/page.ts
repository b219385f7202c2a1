import { copyFileSync, mkdirSync } from 'node:fs'
import { build } from 'esbuild'

/** Bundles the receiver's page: `index.html`, `page.js` and `page.css`, which need nothing from elsewhere. */
export async function bundlePage(source: string, directory: string): Promise<void> {
  mkdirSync(directory, { recursive: true })
  copyFileSync(`${source}/index.html`, `${directory}/index.html`)
  await build({
    entryPoints: [`${source}/main.tsx`],
    outfile: `${directory}/page.js`,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['chrome123', 'firefox120', 'safari17.5'],
    jsx: 'automatic',
    jsxImportSource: 'preact',
    logLevel: 'warning',
  })
}
