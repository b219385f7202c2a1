import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import {
  identifyProcess,
  isOfThisContainer,
  isSameProcess,
  type ProcessIdentity,
} from '../../ww/instance/process-identity.ts'
import { readStatus } from '../../ww/instance/read-status.ts'

describe('the identity of a process', () => {
  it('is that of the same process only, and only while it is alive', async () => {
    const child = spawn('sleep', ['600'], { stdio: 'ignore' })
    const identity = identifyProcess(child.pid ?? 0)
    expect(isSameProcess(identity)).to.equal(true)
    expect(isSameProcess({ ...identity, started: `${identity.started}0` })).to.equal(false)
    const gone = new Promise((done) => child.once('exit', done))
    child.kill('SIGKILL')
    await gone
    expect(isSameProcess(identity)).to.equal(false)
  })

  it('is of this container while the kernel and PID 1 are the same', () => {
    const identity = identifyProcess(process.pid)
    expect(isOfThisContainer(identity)).to.equal(true)
    expect(isOfThisContainer({ ...identity, kernel: 'x' })).to.equal(false)
    expect(isOfThisContainer({ ...identity, init: '0' })).to.equal(false)
  })

  it('does without PID 1 where its user could not see it', () => {
    expect(isOfThisContainer({ ...identifyProcess(process.pid), init: '-' })).to.equal(true)
  })
})

describe('readStatus', () => {
  let run = ''
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-read-'))
  })
  afterEach(() => rmSync(run, { recursive: true }))
  const write = (state: string, more: Partial<ProcessIdentity> = {}) => {
    const { pid, started, kernel, init } = { ...identifyProcess(process.pid), ...more }
    const head = `process ${pid} ${started} ${kernel} ${init}\nstate ${state} 17\nreason serve exited\ninstance web 1\n`
    writeFileSync(join(run, 'status'), `${head}--\nstate: X\nreason x\n`)
  }

  it('reads the head of the file', () => {
    write('UP 1')
    expect(readStatus(run)).to.deep.equal({
      ...{
        pid: process.pid,
        state: 'UP',
        ready: true,
        reason: 'serve exited',
        instance: 'web 1',
        alive: true,
      },
    })
    write('STOPPING 0')
    expect(readStatus(run)).to.include({ state: 'STOPPING', ready: false })
  })

  it('is DEAD when the process vanished', () => {
    write('UP 1', { started: '1' })
    const reason = `process ${process.pid} vanished in UP`
    expect(readStatus(run)).to.include({ state: 'DEAD', ready: false, alive: false, reason })
  })

  it('is what the instance ended in when it ended', () => {
    write('STOPPED 0', { started: '1' })
    expect(readStatus(run)).to.include({
      state: 'STOPPED',
      ready: false,
      alive: false,
      reason: 'serve exited',
    })
    write('ERROR 0', { started: '1' })
    expect(readStatus(run)).to.include({ state: 'ERROR', alive: false })
  })

  it('is null when nothing has booted here, or only an earlier run of the container', () => {
    expect(readStatus(run)).to.equal(null)
    write('UP 1', { init: '0' })
    expect(readStatus(run)).to.equal(null)
    writeFileSync(join(run, 'status'), '')
    expect(readStatus(run)).to.equal(null)
  })
})
