/**
 * Runs one instance of the built tree for an hour, or for as many minutes as asked, busier than most ever are, and
 * prints the slope of its private memory after the first sixth: npm run soak -- 30. Exits 1 above 1 MB an hour.
 */
import { appendFileSync, mkdirSync, mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { cpuOf, privateMemoryOf } from '../bench/process-usage.ts'
import { startBusyInstance } from './busy-instance.ts'
import { summarize } from './slope.ts'

const minutes = Number(process.argv[2] ?? 60)
if (!(minutes > 0)) throw new Error(`the number of minutes must be greater than 0, not ${process.argv[2]}`)
const tree = process.env.WW_PROGRAM ?? 'dist/ww'
const place = mkdtempSync(join(tmpdir(), 'ww-soak-'))
const results = 'dist/soak'
mkdirSync(results, { recursive: true })
const file = `${results}/${new Date().toISOString().replaceAll(':', '')}.tsv`

/** 50 MB of stats in an hour. */
const bytesOfStats = 50e6 / 3600
const instance = await startBusyInstance(tree, place, bytesOfStats)
const began = performance.now()
const samples: { hours: number; bytes: number }[] = []
let restartedAt = began
process.stdout.write(`${minutes} minutes of ${tree}, process ${instance.pid}; samples in ${file}\n`)
for (;;) {
  await delay(10_000)
  const now = performance.now()
  const hours = (now - began) / 3_600_000
  samples.push({ hours, bytes: privateMemoryOf(instance.pid, 'dirty') })
  const row = [
    Math.round(hours * 3600),
    samples.at(-1)?.bytes,
    Math.round(cpuOf(instance.pid)),
    instance.received,
  ]
  appendFileSync(file, `${row.join('\t')}\n`)
  if (hours * 60 >= minutes) break
  if (now - restartedAt >= 60_000) {
    restartedAt = now
    instance.restart()
  }
}
const cpu = cpuOf(instance.pid)
const received = instance.received
const code = await instance.stop()
const { slope, first, last } = summarize(samples, minutes / 60 / 6)
process.stdout.write(`private memory: ${megabytes(first)} after the first sixth, ${megabytes(last)} at the end
slope: ${megabytes(slope)} an hour
CPU: ${(cpu / 1000).toFixed(1)} s; events received: ${received}; exit code ${code}
`)
process.exit(slope < 1e6 && code === 0 && received > 0 ? 0 : 1)

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`
}
