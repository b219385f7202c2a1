import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { findProcess } from '../../../ww/processes/list.ts'
import { bootWith, endInstances, type RealInstance } from '../../helpers/real-instance.ts'
import { until } from '../../helpers/until.ts'

const server = 'exec sleep 1000'
const stubborn = 'trap "" TERM; echo stubborn; while :; do sleep 1; done'
const quick = {
  ww: {
    kill_after: '200ms',
    restart: { backoff: '10ms' },
    stop: { grace: '4s', sweep: '500ms', announce: '300ms' },
  },
}
const lastLine = (instance: RealInstance): string => instance.stderr.trim().split('\n').at(-1) ?? ''
const readPid = async (instance: RealInstance, name: string): Promise<number> => {
  const path = join(instance.place.data, name)
  await until(
    () => existsSync(path) && readFileSync(path, 'utf8').endsWith('\n'),
    `${name} has written its pid`,
  )
  return Number(readFileSync(path, 'utf8'))
}

describe('SIGTERM', () => {
  afterEach(endInstances)

  const waiting: [state: string, hooks: Record<string, string>][] = [
    ['BOOT', { boot: stubborn }],
    ['FIRSTBOOT', { firstboot: stubborn }],
    ['UPGRADING', { upgrade: stubborn }],
    ['WARMUP', { svcup: stubborn }],
    ['WARMUP', { warmup: stubborn }],
    ['WARMUP', { monitor: stubborn }],
    ['UP', { serve: stubborn }],
    ['UP', { serve: server, drain: stubborn, svcdown: stubborn }],
    ['RESTARTING', { serve: 'exit 1', svcdown: `[ "$WW_STATE" = RESTARTING ] || exit 0; ${stubborn}` }],
  ]
  for (const [state, hooks] of waiting) {
    it(`stops within the grace period in ${state} while ${Object.keys(hooks).join(', ')} ignores it`, async () => {
      const instance = await bootWith(hooks, quick).reaches(state)
      if (!('drain' in hooks)) await until(() => /stubborn/.test(instance.stdout) || state === 'WARMUP')
      expect(await instance.stop()).to.equal(0)
      expect(instance.states().at(-1)).to.equal('STOPPED')
      expect(lastLine(instance)).to.match(/ exit code 0 after /)
      expect(instance.stderr).not.to.contain('the grace period is over')
    })
  }

  it('a second time forces the stop: hooks end at once, and the exit code is 0', async () => {
    const settings = { ww: { stop: { grace: '60s' } } }
    const instance = await bootWith({ svcdown: stubborn }, settings).reaches('UP')
    instance.signal('SIGTERM')
    await instance.says('stubborn')
    expect(await instance.stop()).to.equal(0)
    expect(instance.stderr).to.contain('STOPPING: SIGTERM again, forced')
    expect(instance.events().at(-1)).to.include({ state: 'STOPPED', reason: 'SIGTERM, forced' })
  })

  it('leaves nothing behind: neither what ignores it nor a daemon with a session of its own', async () => {
    const daemon = `setsid sh -c 'trap "" TERM; echo $$ > $WW_DATA/daemon; while :; do sleep 1; done' & exit 0`
    const serve = 'trap "" TERM; echo $$ > $WW_DATA/serve; while :; do sleep 1; done'
    const instance = await bootWith({ svcup: daemon, serve }, quick).reaches('UP')
    const pids = await Promise.all(['daemon', 'serve'].map((name) => readPid(instance, name)))
    expect(await instance.stop()).to.equal(0)
    expect(pids.map(findProcess)).to.deep.equal([null, null])
    expect(lastLine(instance)).to.match(/; killed serve and [12] others?$/)
    expect(instance.stderr).to.match(/warning: serve: ignored SIGTERM for .*, sent SIGKILL \(pid \d+\)/)
  })

  it('is answered with not ready at once, in the status file, the probes and the hooks', async () => {
    const instance = await bootWith({
      serve: server,
      drain: 'echo "$WW_STATE $WW_REASON $WW_TIME_LEFT"',
    }).reaches('UP')
    expect(await instance.stop()).to.equal(0)
    expect(instance.stdout).to.match(/^STOPPING SIGTERM \d\n$/)
  })

  it('ends serve by the signal that is configured, before svcdown', async () => {
    const hooks = {
      serve: 'trap "echo quit; exit 0" QUIT; echo ready; while :; do sleep 0.01; done',
      svcdown: 'echo down',
    }
    const instance = await bootWith(hooks, { ww: { serve: { signal: 'SIGQUIT' } } }).says('ready')
    await instance.reaches('UP')
    expect(await instance.stop()).to.equal(0)
    expect(instance.stdout).to.equal('ready\nquit\ndown\n')
  })

  it('is not delayed by a slow pushstats', async () => {
    const hooks = { serve: server, monitor: 'echo {}', pushstats: 'echo pushing; sleep 1000' }
    const instance = await bootWith(hooks, { ww: { stop: { grace: '60s' } } }).says('pushing')
    expect(await instance.stop()).to.equal(0)
    expect(lastLine(instance)).to.match(/after (\d+ ms|[0-4]\.\d s)/)
  })

  it('is not delayed by a receiver that is down', async () => {
    const settings = {
      ww: { notify: { url: 'http://127.0.0.1:1/' }, stop: { grace: '60s', announce: '100ms' } },
    }
    const instance = await bootWith({}, settings).reaches('UP')
    // the grace period is longer than the test may take
    expect(await instance.stop()).to.equal(0)
  })
})

describe('SIGUSR2 and SIGALRM', () => {
  afterEach(endInstances)

  it('do nothing', async () => {
    const instance = await bootWith({ serve: server }).reaches('UP')
    instance.signal('SIGUSR2').signal('SIGALRM')
    expect(await instance.stop()).to.equal(0)
  })
})

describe('ww.on_error "hold"', () => {
  afterEach(endInstances)

  it('keeps the container for inspection until it is stopped, and exits with 1', async () => {
    const instance = await bootWith({ boot: 'exit 1' }, { ww: { on_error: 'hold' } }).says(
      'held for inspection',
    )
    expect(instance.process.exitCode).to.equal(null)
    expect(await instance.stop()).to.equal(1)
    expect(instance.states().at(-1)).to.equal('ERROR')
  })
})
