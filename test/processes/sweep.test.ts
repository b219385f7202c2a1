import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { findProcess, hasEnvironment, listProcesses, type Process } from '../../ww/processes/list.ts'
import { type SweepScope, sweep } from '../../ww/processes/sweep.ts'
import { openLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

describe('sweep', () => {
  const boot = `sweep-${process.pid}`
  const children: ChildProcess[] = []
  /** Everything but what the tests start is excluded: the test runner has children of its own. */
  const scope = (...sessions: number[]): SweepScope => ({
    bootId: boot,
    excluded: () => new Set([Number(findProcess(process.pid)?.session), ...sessions]),
  })
  const begin = async (script: string, ready = 'sleep'): Promise<number> => {
    const env = { ...process.env, WW_BOOT_ID: boot }
    const child = spawn('/bin/bash', ['-c', script], { detached: true, stdio: 'ignore', env })
    children.push(child)
    const pid = Number(child.pid)
    await until(() => findProcess(pid)?.name === ready || (ready === 'bash' && findProcess(pid) !== null))
    return pid
  }
  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL')
  })

  it('returns empty lists when nothing is left', async () => {
    const report = await sweep(openLimit(), scope())
    expect(report).to.deep.equal({ ended: [], killed: [], abandoned: [] })
  })

  it('ends what is left with SIGTERM, and names it', async () => {
    const pid = await begin('exec sleep 3600')
    const report = await sweep(openLimit({ kill: 15_000, abandon: 18_000 }), scope())
    expect(report).to.deep.equal({ ended: [`sleep (pid ${pid})`], killed: [], abandoned: [] })
    expect(findProcess(pid)).to.equal(null)
  })

  it('ends what ignores SIGTERM with SIGKILL', async () => {
    const pid = await begin('trap "" TERM; exec sleep 3600')
    const report = await sweep(openLimit({ kill: 50, abandon: 18_000 }), scope())
    expect(report).to.deep.equal({ ended: [], killed: [`sleep (pid ${pid})`], abandoned: [] })
  })

  it('wakes what is stopped, so that it can act on SIGTERM', async () => {
    // one without a trap would be ended while it is stopped
    const pid = await begin('trap "exit 0" TERM; while :; do sleep 0.01; done', 'bash')
    await until(() => listProcesses().some(({ parent, name }) => parent === pid && name === 'sleep'))
    process.kill(pid, 'SIGSTOP')
    const report = await sweep(openLimit({ kill: 15_000, abandon: 18_000 }), scope())
    expect(report.ended).to.include(`bash (pid ${pid})`)
  })

  it('sends SIGTERM once: what cleans up is not interrupted again', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'ww-sweep-'))
    const [ready, received] = [`${directory}/ready`, `${directory}/received`]
    await begin(`trap 'echo >>${received}' TERM; >${ready}; for i in {1..30}; do sleep 0.02; done`, 'bash')
    await until(() => existsSync(ready))
    const report = await sweep(openLimit({ kill: 15_000, abandon: 18_000 }), scope())
    expect(report.killed).to.deep.equal([])
    expect(readFileSync(received, 'utf8')).to.equal('\n')
    rmSync(directory, { recursive: true })
  })

  it('ends its descendants and what has the id of this boot, and nothing else', async () => {
    const beginOrphan = async (id: string): Promise<number> => {
      spawnSync('setsid', ['-f', 'sleep', '3600'], {
        stdio: 'ignore',
        env: { ...process.env, WW_BOOT_ID: id },
      })
      const find = (): Process | undefined =>
        listProcesses().find(({ pid, name }) => name === 'sleep' && hasEnvironment(pid, `WW_BOOT_ID=${id}`))
      await until(() => find() !== undefined)
      return Number(find()?.pid)
    }
    const env = { ...process.env, WW_BOOT_ID: 'another' }
    const child = spawn('sleep', ['3600'], { detached: true, stdio: 'ignore', env })
    children.push(child)
    const [ours, theirs] = [await beginOrphan(boot), await beginOrphan(`${boot}0`)]
    const { ended } = await sweep(openLimit({ kill: 15_000, abandon: 18_000 }), scope())
    expect(ended).to.have.members([`sleep (pid ${child.pid})`, `sleep (pid ${ours})`])
    expect(findProcess(theirs)).to.not.equal(null)
    process.kill(theirs, 'SIGKILL')
  })

  it('ends what our init has adopted, but not the children of any other parent', function () {
    const program = resolve(import.meta.dirname, '../fixtures/sweeps-family.ts')
    const command = ['bash', process.execPath, '--import', 'tsx', program]
    const sweepUnder = (file: string, ...args: string[]): string =>
      spawnSync(file, [...args, ...command], { encoding: 'utf8' }).stdout
    const other = 'setsid sleep 3600 >/dev/null 2>&1 & "$@"; kill $!'
    expect(sweepUnder('/bin/bash', '-c', other)).to.equal('\n')
    if (spawnSync('tini', ['--version']).status !== 0) this.skip()
    const adopted = 'setsid -f sleep 3600 >/dev/null 2>&1; exec "$@"'
    expect(sweepUnder('tini', '-s', '--', '/bin/bash', '-c', adopted)).to.equal('sleep\n')
  })

  it('excludes the announcements that still run', async () => {
    const pid = await begin('exec sleep 3600')
    const report = await sweep(openLimit({ kill: 50, abandon: 100 }), scope(pid))
    expect(report).to.deep.equal({ ended: [], killed: [], abandoned: [] })
    expect(findProcess(pid)).to.not.equal(null)
  })

  it('reports what even SIGKILL does not end, which it repeats until its limit', async () => {
    const pid = await begin('exec sleep 3600')
    const kill = process.kill
    let sent = 0
    process.kill = () => {
      sent++
      return true
    }
    try {
      const report = await sweep(openLimit({ kill: 10, abandon: 2000 }), scope())
      expect(report).to.deep.equal({ ended: [], killed: [], abandoned: [`sleep (pid ${pid})`] })
      // pauses that doubled for ever would allow ten
      expect(sent).to.be.greaterThan(12)
    } finally {
      process.kill = kill
    }
  })

  it('sends SIGKILL at least once when there is no time at all', async () => {
    const pid = await begin('trap "" TERM; exec sleep 3600')
    await sweep(openLimit({ kill: 0, abandon: 0 }), scope())
    await until(() => findProcess(pid) === null)
  })

  it('ends everything in a container whose PID 1 is our init, also what forks without end, but the announcements that still run', function () {
    this.timeout(60_000)
    const container = ['--pid', '--fork', '--mount-proc', '--kill-child']
    const isPossible = spawnSync('unshare', [...container, 'tini', '--version']).status === 0
    // it needs root, the right to make a PID namespace, and tini
    if (!isPossible) this.skip()
    const program = resolve(import.meta.dirname, '../fixtures/sweeps-container.ts')
    const command = ['tini', '-s', '--', process.execPath, '--import', 'tsx', program]
    const { stdout, stderr } = spawnSync('unshare', [...container, ...command], { encoding: 'utf8' })
    expect(stdout, stderr).to.not.equal('')
    const expected = { isSpared: true, ended: true, killed: true, left: 0, abandoned: [] }
    expect(JSON.parse(stdout)).to.deep.equal(expected)
  })
})
