import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { findHome } from '../base/home.ts'
import type { Route } from '../http/route.ts'
import { answerError } from '../http/route.ts'

/** Where the bundled page is: in an installed tree, or what `npm run build:page` made of the sources. */
const places = ['fleet-page', 'dist/fleet-page']

const files: Readonly<Record<string, readonly [file: string, type: string]>> = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
}

/** The page asks nobody but us, and is part of no other page. */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

/** The page and what it is made of. */
export function pageRoutes(): Route[] {
  const home = findHome()
  const candidates = home === null ? [] : places.map((name) => `${home}/${name}`)
  const place = candidates.find((path) => existsSync(`${path}/index.html`))
  return Object.entries(files).map(([path, [file, type]]) => ({
    method: 'GET',
    path,
    summary: 'The live page.',
    handler: ({ headers }) => {
      if (!place)
        return answerError(503, 'no-page', 'the page is not built; from the sources: npm run build:page')
      const body = readFileSync(`${place}/${file}`)
      const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 16)}"`
      const common = { etag, 'cache-control': 'no-cache' }
      if (headers['if-none-match'] === etag) return { status: 304, headers: common }
      return {
        status: 200,
        headers: {
          ...common,
          'content-type': type,
          'content-security-policy': policy,
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        },
        body,
      }
    },
  }))
}
