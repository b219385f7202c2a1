import { expect } from 'chai'
import { shellVerbs, verbs } from '../../ww/commands.ts'
import { startCommand, typeCommand } from '../helpers/command-line.ts'
import { bootWith, endInstances, type RealInstance, writeHook } from '../helpers/real-instance.ts'
import { until } from '../helpers/until.ts'

const hooks = { serve: 'exec sleep 1000', monitor: 'echo \'{"clients": 3}\'' }

describe('a running instance, from the command line', () => {
  afterEach(endInstances)

  const type = (instance: RealInstance, ...args: string[]) =>
    typeCommand(args, { WW_RUN: instance.place.run })

  it('is waited for, healthy, and shows its status', async () => {
    const instance = bootWith({ ...hooks, boot: 'sleep 0.2' })
    expect(type(instance, 'wait', 'UP', '-q')).to.deep.equal({ status: 0, stdout: '', stderr: '' })
    expect(type(instance, 'health')).to.include({ status: 0, stdout: 'UP\n' })
    await until(
      () => type(instance, 'status').stdout.includes('monitor.ok: true'),
      () => type(instance, 'status').stdout,
    )
    const { status, stdout } = type(instance, 'status')
    expect(status).to.equal(0)
    expect(stdout.split('\n')).to.include.members([
      'state: UP',
      'ready: true',
      'previous: WARMUP',
      'restarts: 0',
      `pid: ${instance.process.pid}`,
      'monitor.output: {"clients": 3}',
    ])
    const json = JSON.parse(type(instance, 'status', '--json').stdout)
    expect(json).to.include({ state: 'UP', ready: true, pid: instance.process.pid })
    expect(json.monitor.output).to.equal('{"clients": 3}')
  })

  it('restarts on request, and shows it in its events', async () => {
    const instance = await bootWith(hooks).reaches('UP')
    const following = startCommand(['events', '-f'], { WW_RUN: instance.place.run })
    expect(type(instance, 'restart', '-q').stdout).to.match(/^UP after .*: monitor passed\n$/)
    await until(() => /\tRESTARTING\t.*\tUP\t/s.test(following.printed()), following.printed)
    await following.end()
    expect(instance.states().slice(-3)).to.deep.equal(['UP', 'RESTARTING', 'UP'])
    expect(type(instance, 'status').stdout).to.contain('restarts: 1\n')
  })

  it('runs its monitor on request', async () => {
    const instance = await bootWith(hooks).reaches('UP')
    expect(type(instance, 'monitor')).to.deep.equal({ status: 0, stdout: '{"clients": 3}\n', stderr: '' })
    writeHook(instance.place, 'monitor', 'echo "no answer"; exit 3')
    const failed = type(instance, 'monitor')
    expect(failed).to.include({ status: 1, stdout: 'no answer\n' })
    expect(failed.stderr).to.match(/^ww monitor: .*code 3/)
  })

  it('stops on request', async () => {
    const instance = await bootWith(hooks).reaches('UP')
    expect(type(instance, 'stop')).to.deep.equal({
      status: 0,
      stdout: 'stopping: the instance ends within 9 s\n',
      stderr: '',
    })
    expect(type(instance, 'wait', 'STOPPED', '-q').status).to.equal(0)
    expect(await instance.exited).to.equal(0)
    expect(type(instance, 'health').status).to.equal(1)
    expect(type(instance, 'status')).to.include({ status: 0, stderr: '' })
  })

  it('cannot be restarted nor monitored before it is UP', async () => {
    const instance = await bootWith({ boot: 'echo begun; sleep 100' }).says('begun')
    for (const verb of ['restart', 'monitor']) {
      const { status, stdout, stderr } = type(instance, verb)
      expect({ status, stdout }).to.deep.equal({ status: 1, stdout: '' })
      expect(stderr).to.match(new RegExp(`^ww ${verb}: .*the instance is in BOOT, not UP: started`))
    }
    const waited = type(instance, 'wait', 'UP', '--timeout', '200ms')
    expect(waited).to.include({ status: 1, stderr: 'ww wait: not UP after 200ms: BOOT: started\n' })
  })

  it('is DEAD after a kill -9', async () => {
    const instance = bootWith(hooks)
    expect(type(instance, 'wait', 'UP').status).to.equal(0)
    instance.signal('SIGKILL')
    await instance.exited
    expect(type(instance, 'health').stdout).to.match(/^not ready: DEAD: process \d+ vanished in UP\n$/)
    expect(type(instance, 'status').status).to.equal(1)
    expect(type(instance, 'wait', 'STOPPED', '-q').stderr).to.match(
      /^ww wait: DEAD: process \d+ vanished in UP\n$/,
    )
  })
})

describe('the --help of every verb', () => {
  for (const verb of [...Object.keys(shellVerbs), ...Object.keys(verbs)]) {
    it(`of ${verb} shows how it is used`, () => {
      const { status, stdout, stderr } = typeCommand([verb, '--help'])
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
      expect(stdout).to.match(new RegExp(`^Usage: ww ${verb}`))
      // an example, or the variables that it reads
      expect(stdout).to.match(/^ {2}\S/m)
    })
  }
})
