import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { claimRun } from '../../ww/instance/claim-run.ts'
import { until } from '../helpers/until.ts'

const module = resolve(import.meta.dirname, '../../ww/instance')
/** Claims a directory, publishes a status, and remains. */
const holder = `
import { claimRun } from '${module}/claim-run.ts'
import { StatusFile } from '${module}/status-file.ts'
const [, run, quiet] = process.argv
const claim = claimRun(run)
if ('inUse' in claim) throw new Error(claim.inUse)
if (!quiet) new StatusFile(run, { app: 'a', version: '', instance: 'web-1', bootId: 'b' }, console.error)
  .publish({ state: 'BOOT', ready: false, reason: 'started', since: 0 })
setTimeout(() => process.stdout.write('claimed'), 50)
setInterval(() => {}, 1000)
`

describe('claimRun', () => {
  let run = ''
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-claim-'))
  })
  afterEach(() => rmSync(run, { recursive: true }))
  const hold = async (...args: string[]) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', holder, run, ...args])
    let printed = ''
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (printed += text))
    await until(
      () => printed.includes('claimed'),
      () => printed,
    )
    return child
  }

  it('names the instance that uses the directory', async () => {
    const child = await hold()
    expect(claimRun(run)).to.deep.equal({ inUse: `instance web-1 (pid ${child.pid})` })
    child.kill('SIGKILL')
  })

  it('leaves the status of that instance alone, and finds it used before it has one', async () => {
    const child = await hold('quiet')
    writeFileSync(join(run, 'status'), '')
    expect(claimRun(run)).to.deep.equal({ inUse: 'another instance' })
    expect(existsSync(join(run, 'status'))).to.equal(true)
    child.kill('SIGKILL')
  })

  it('is free again after a kill -9', async () => {
    const child = await hold()
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await gone
    const claim = claimRun(run)
    expect(claim).to.have.property('release')
    expect(existsSync(join(run, 'status'))).to.equal(false)
    if ('release' in claim) claim.release()
  })

  it('is free again after its release', () => {
    for (const _ of [1, 2]) {
      const claim = claimRun(run)
      expect(claim).to.have.property('release')
      if ('release' in claim) claim.release()
    }
  })

  it('does not stop a boot where nothing can be locked', () => {
    expect(claimRun('/proc/1')).to.have.property('release')
  })
})
