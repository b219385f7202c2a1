import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { claimStatus, StatusFile } from '../../ww/instance/status-file.ts'
import type { Announcement, Visible } from '../../ww/lifecycle/world.ts'

const identity = { app: 'shop', version: '1.4', instance: 'web-1', bootId: 'boot-1' }
const visible = (state: Visible['state'], ready = false): Visible => ({
  state,
  ready,
  reason: 'so',
  since: 1000.4,
})
const announcement = (state: Announcement['state'], more: Partial<Announcement> = {}): Announcement => ({
  ...{ state, previous: 'WARMUP', reason: 'so', attempt: 0, previousMs: 1, at: 1000 },
  ...more,
})
const settle = (): Promise<void> => new Promise((done) => setImmediate(done))

describe('the status file', () => {
  let run = ''
  let warnings: string[] = []
  const path = () => join(run, 'status')
  const open = () => new StatusFile(run, identity, (line) => warnings.push(line))
  const read = () => readFileSync(path(), 'utf8')
  beforeEach(() => {
    run = mkdtempSync(join(tmpdir(), 'ww-status-'))
    warnings = []
  })
  afterEach(() => rmSync(run, { recursive: true, force: true }))

  it('of an earlier boot is gone as soon as a new one is created', () => {
    writeFileSync(path(), 'state UP')
    open()
    expect(existsSync(path())).to.equal(false)
    claimStatus(run)
    claimStatus('/no/such/place')
  })

  it('is private to its user', async () => {
    open().publish(visible('BOOT'))
    await settle()
    expect(statSync(path()).mode & 0o777).to.equal(0o600)
  })

  it('shows what is published and announced, in memory immediately', async () => {
    const file = open()
    expect(file.status).to.include({
      ...identity,
      pid: process.pid,
      state: 'BOOT',
      ready: false,
      restarts: 0,
    })
    file.publish(visible('UP', true))
    expect(file.status).to.include({ state: 'UP', ready: true, reason: 'so', since: 1000 })
    file.announced(announcement('UP'))
    expect(file.status).to.include({ previous: 'WARMUP', attempt: 0 })
    await settle()
    expect(read()).to.match(/^process \d+ \d+ \S+ \S+\nstate UP 1 1\nreason so\n/)
  })

  it('counts announced restarts, and remembers the crash', () => {
    const file = open()
    const crash = { bootId: 'a', state: 'UP', since: '', oomKilled: null }
    file.announced(announcement('BOOT', { crash, previous: null }))
    file.announced(announcement('RESTARTING', { attempt: 1 }))
    file.publish(visible('RESTARTING'))
    file.announced(announcement('RESTARTING', { attempt: 2 }))
    expect(file.status).to.deep.include({ restarts: 2, attempt: 2, crash })
  })

  it('shows the monitor with the time of its run', () => {
    const file = open()
    const before = Date.now()
    file.publishMonitor({ ok: true, output: '{}', nextAt: 5.6 })
    expect(file.status.monitor).to.include({ ok: true, output: '{}', nextAt: 6 })
    expect(file.status.monitor?.at).to.be.within(before, Date.now())
  })

  it('is written once for a state that is published and announced', async () => {
    const file = open()
    file.publish(visible('WARMUP'))
    file.announced(announcement('WARMUP', { attempt: 3 }))
    expect(existsSync(path())).to.equal(false)
    await settle()
    const { ino } = statSync(path())
    expect(read()).to.contain('\nattempt: 3\n')
    await settle()
    expect(statSync(path()).ino).to.equal(ino)
  })

  it('says not ready before publish returns', async () => {
    const file = open()
    file.publish(visible('UP', true))
    await settle()
    file.publish(visible('STOPPING'))
    expect(read()).to.contain('\nstate STOPPING 0 1\n')
  })

  it('is written into a new private directory when a cleaner removed the old one', async () => {
    const file = open()
    file.publish(visible('BOOT'))
    await settle()
    rmSync(run, { recursive: true })
    file.publish(visible('UP', true))
    await settle()
    expect(read()).to.contain('\nstate UP 1 1\n')
    expect(statSync(run).mode & 0o777).to.equal(0o700)
    expect(warnings).to.deep.equal([])
  })

  it('that cannot be written is one warning, again only after it could', async () => {
    const file = open()
    rmSync(run, { recursive: true })
    writeFileSync(run, 'a file')
    for (const state of ['BOOT', 'WARMUP', 'UP'] as const) {
      file.publish(visible(state, state === 'UP'))
      await settle()
    }
    expect(warnings).to.deep.equal([
      `cannot write ${path()}: not a directory; ww status shows an old state, or none`,
    ])
    expect(file.status.state).to.equal('UP')
    rmSync(run)
    mkdirSync(run)
    file.publish(visible('RESTARTING'))
    rmSync(run, { recursive: true })
    writeFileSync(run, 'a file')
    file.publish(visible('UP', true))
    await settle()
    expect(warnings).to.have.length(2)
  })

  describe('on a full disk', () => {
    let mounted = ''
    beforeEach(function () {
      const options = ['-t', 'tmpfs', '-o', 'size=64k,mode=0700', 'tmpfs', run]
      if (process.getuid?.() !== 0 || spawnSync('mount', options).status !== 0) this.skip()
      mounted = run
    })
    afterEach(() => {
      if (mounted) spawnSync('umount', [mounted])
      mounted = ''
    })
    const fill = () => spawnSync('dd', ['if=/dev/zero', `of=${run}/ballast`, 'bs=4k'])

    it('does not call an instance ready that is stopping', async () => {
      const file = open()
      file.publish(visible('UP', true))
      await settle()
      fill()
      file.publish(visible('STOPPING'))
      expect(existsSync(path())).to.equal(false)
      expect(warnings).to.deep.equal([
        `cannot write ${path()}: no space left on device; ww status shows an old state, or none`,
      ])
    })

    it('warns once, also when the room of the old status is enough for another one meanwhile', async () => {
      const file = open()
      file.publish(visible('UP', true))
      await settle()
      fill()
      for (const state of ['STOPPING', 'STOPPED', 'STOPPED'] as const) {
        file.publish(visible(state))
        await settle()
      }
      expect(warnings).to.have.length(1)
    })

    it('leaves a healthy instance ready', async () => {
      const file = open()
      file.publish(visible('UP', true))
      await settle()
      fill()
      file.publishMonitor({ ok: true, output: '{}', nextAt: 0 })
      await settle()
      expect(read()).to.contain('\nstate UP 1 1\n')
      expect(warnings).to.have.length(1)
    })
  })
})
