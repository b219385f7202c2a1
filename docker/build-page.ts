/** Makes `dist/fleet-page`, which `ww receiver` serves when it runs from the sources. */
import { resolve } from 'node:path'
import { bundlePage } from './build/page.ts'

const root = resolve(import.meta.dirname, '..')
await bundlePage(`${root}/ww/receiver/page`, `${root}/dist/fleet-page`)
