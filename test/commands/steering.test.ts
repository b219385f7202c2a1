import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { startCommand, typeCommand } from '../helpers/command-line.ts'
import { bootWith, endInstances, type RealInstance, writeHook } from '../helpers/real-instance.ts'
import { until } from '../helpers/until.ts'

const hooks = { serve: 'exec sleep 1000', monitor: 'echo \'{"clients": 3}\'' }

describe('a running instance, from the command line', () => {
  afterEach(endInstances)

  const type = (instance: RealInstance, ...args: string[]) =>
    typeCommand(args, { WW_RUN: instance.place.run })

  it('is waited for, healthy, and tells its status', async () => {
    const instance = bootWith({ ...hooks, boot: 'sleep 0.2' })
    expect(type(instance, 'wait', 'UP')).to.deep.equal({ status: 0, stdout: '', stderr: '' })
    expect(type(instance, 'health')).to.include({ status: 0, stdout: 'UP\n' })
    await until(
      () => type(instance, 'status').stdout.includes('monitor: healthy'),
      () => type(instance, 'status').stdout,
    )
    const { status, stdout } = type(instance, 'status')
    expect(status).to.equal(0)
    expect(stdout.split('\n')).to.include.members([
      'state: UP',
      'previous: WARMUP',
      'restarts: 0',
      `pid: ${instance.process.pid}`,
      'monitor_output: {"clients": 3}',
    ])
    const json = JSON.parse(type(instance, 'status', '--json').stdout)
    expect(json).to.include({ state: 'UP', pid: instance.process.pid })
    expect(json.monitor.output).to.equal('{"clients": 3}')
  })

  it('restarts when told to, and shows it in its events', async () => {
    const instance = await bootWith(hooks).reaches('UP')
    const following = startCommand(['events', '-f'], { WW_RUN: instance.place.run })
    expect(type(instance, 'restart')).to.deep.equal({ status: 0, stdout: 'restarting\n', stderr: '' })
    await until(() => /\tRESTARTING\t.*\tUP\t/s.test(following.printed()), following.printed)
    await following.end()
    expect(instance.states().slice(-3)).to.deep.equal(['UP', 'RESTARTING', 'UP'])
    expect(type(instance, 'status').stdout).to.contain('restarts: 1\n')
  })

  it('runs its monitor when told to', async () => {
    const instance = await bootWith(hooks).reaches('UP')
    expect(type(instance, 'monitor')).to.deep.equal({ status: 0, stdout: '{"clients": 3}\n', stderr: '' })
    writeHook(instance.place, 'monitor', 'echo "no answer"; exit 3')
    const failed = type(instance, 'monitor')
    expect(failed).to.include({ status: 1, stdout: 'no answer\n' })
    expect(failed.stderr).to.contain('exit code 3')
  })

  it('stops when told to', async () => {
    const instance = await bootWith(hooks).reaches('UP')
    expect(type(instance, 'stop')).to.deep.equal({ status: 0, stdout: 'stopping\n', stderr: '' })
    expect(type(instance, 'wait', 'STOPPED').status).to.equal(0)
    expect(await instance.exited).to.equal(0)
    expect(type(instance, 'health').status).to.equal(1)
    expect(type(instance, 'status')).to.include({ status: 0, stderr: '' })
  })

  it('cannot restart nor be monitored before it is UP', async () => {
    const instance = await bootWith({ boot: 'echo begun; sleep 100' }).says('begun')
    expect(type(instance, 'restart')).to.deep.equal({
      status: 1,
      stdout: '',
      stderr: 'ww: cannot restart: the instance is not UP\n',
    })
    expect(type(instance, 'monitor')).to.deep.equal({
      status: 1,
      stdout: '',
      stderr: 'ww monitor: the instance is not UP\n',
    })
    const waited = type(instance, 'wait', 'UP', '--timeout', '200ms')
    expect(waited).to.include({ status: 1, stderr: 'ww wait: not UP after 200ms: it is BOOT: started\n' })
  })

  it('is told to have died after a kill -9', async () => {
    const instance = await bootWith(hooks).reaches('UP')
    instance.signal('SIGKILL')
    await instance.exited
    expect(type(instance, 'health').stdout).to.match(/^the instance died in UP/)
    expect(type(instance, 'status').status).to.equal(1)
    expect(type(instance, 'wait', 'STOPPED').stderr).to.match(/^ww wait: the instance died in UP/)
  })

  for (const verb of ['restart', 'stop', 'monitor']) {
    it(`says so when none is running: ${verb}`, () => {
      const run = mkdtempSync(join(tmpdir(), 'ww-steer-'))
      const { status, stderr } = typeCommand([verb], { WW_RUN: run })
      rmSync(run, { recursive: true })
      expect(status).to.equal(1)
      expect(stderr).to.equal(
        `ww: cannot ${verb}: no instance answers at ${run}/control.sock; is one running?\n`,
      )
    })
  }
})

describe('the --help of every verb', () => {
  const verbs = typeCommand(['--help']).stdout.matchAll(/^ {2}(\w+) /gm)
  for (const [, verb = ''] of verbs) {
    it(`of ${verb} says how it is used`, () => {
      const { status, stdout, stderr } = typeCommand([verb, '--help'])
      expect({ status, stderr }).to.deep.equal({ status: 0, stderr: '' })
      expect(stdout).to.match(new RegExp(`^Usage: ww ${verb}`))
      // an example, or the variables that it reads
      expect(stdout).to.match(/^ {2}\S/m)
    })
  }
})
