import { existsSync, readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { expect } from 'chai'
import { findProcess } from '../../../ww/processes/list.ts'
import { endPipedInstances, logProcessOf, PipedInstance } from '../../helpers/piped-instance.ts'
import { bootWith, endInstances, makePlace } from '../../helpers/real-instance.ts'
import { until } from '../../helpers/until.ts'

const format = (name: string, more: object = {}): object => ({ ww: { log: { format: name }, ...more } })
const boot = (hooks: Record<string, string>, cfg: object): PipedInstance =>
  new PipedInstance(makePlace(hooks), cfg)
const stop = (instance: PipedInstance): Promise<number | string> => {
  instance.process.kill('SIGTERM')
  return instance.readToEnd()
}
/** Lines of one source, without what stands before them. */
const linesOf = (text: string, source: string, stream = 'out'): string[] =>
  text.split('\n').flatMap((line) => {
    const [, name, kind, rest] = /^\S+ \S+Z (\S+) +(\S+) +(.*)$/.exec(line) ?? []
    return name === source && kind === stream && rest !== undefined ? [rest] : []
  })
const quietServer = 'exec sleep 1000'
const highWater = (pid: number): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])

describe('ww.log.format', function () {
  this.timeout(120_000)
  afterEach(endPipedInstances)
  afterEach(endInstances)

  it('plain leaves the output of services alone, starts nothing and makes nothing', async () => {
    const instance = await boot({ serve: `echo ready; ${quietServer}` }, {}).reaches('UP')
    await instance.readUntil(() => instance.stdout.includes('ready'))
    expect(instance.stdout).to.equal('ready\n')
    expect(instance.logProcess).to.equal(null)
    expect(readdirSync(instance.place.run).filter((name) => name.startsWith('logs'))).to.deep.equal([])
    expect(await stop(instance)).to.equal(0)
  })

  it('prefix has the time, the source and the stream on every line, of whaleware itself too', async () => {
    const instance = await boot(
      {
        firstboot: 'echo creating the default users; echo careful >&2',
        serve: `echo ready; ${quietServer}`,
        'serve-exporter': `echo level=warn >&2; ${quietServer}`,
        monitor: 'echo watching >&2; echo "{}"',
      },
      format('prefix'),
    ).reaches('UP')
    await instance.readUntil(
      () =>
        linesOf(instance.stderr, 'monitor', 'err').length > 0 &&
        linesOf(instance.stderr, 'serve-exporter', 'err').length > 0,
    )
    expect(await stop(instance)).to.equal(0)
    const { stdout, stderr } = instance
    expect(linesOf(stdout, 'firstboot')).to.deep.equal(['creating the default users'])
    expect(linesOf(stderr, 'firstboot', 'err')).to.deep.equal(['careful'])
    expect(linesOf(stdout, 'serve')).to.deep.equal(['ready'])
    expect(linesOf(stderr, 'serve-exporter', 'err')).to.deep.equal(['level=warn'])
    expect(linesOf(stderr, 'monitor', 'err')[0]).to.equal('watching')
    expect(linesOf(stderr, 'ww', 'info').at(-1)).to.match(/^exit code 0 after /)
    const line = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z (\S+) +(out|err|info) +\S/
    for (const printed of `${stdout}${stderr}`.trimEnd().split('\n')) expect(printed).to.match(line)
  })

  it('json prints an object for each line, whatever a service prints', async () => {
    const instance = await boot(
      { serve: `printf '\\377\\000 "x\\n\\n{}\\n'; printf '\\303' >&2; ${quietServer}` },
      format('json'),
    ).reaches('UP')
    await instance.readUntil(
      () => instance.stdout.includes('{}') && instance.stderr.includes('"serve","stream":"stderr"'),
    )
    expect(await stop(instance)).to.equal(0)
    const parse = (text: string): { source: string; message: string; level?: string }[] =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(Buffer.from(line, 'latin1').toString()))
    expect(parse(instance.stdout).map(({ message }) => message)).to.deep.equal(['\ufffd\0 "x', '', '{}'])
    const own = parse(instance.stderr).filter(({ source }) => source === 'ww')
    expect(own.every(({ level }) => level === 'info')).to.equal(true)
    expect(own.some(({ message }) => message.startsWith('UP: '))).to.equal(true)
    expect(parse(instance.stderr).find(({ source }) => source === 'serve')?.message).to.equal('\ufffd')
  })

  it('prints the last line of a process without a line break, apart from what the next one prints', async () => {
    const instance = await boot(
      { firstboot: 'printf "no end"', warmup: 'printf one', serve: quietServer, monitor: 'printf oops >&2' },
      format('prefix', { monitor: { every: '300ms' } }),
    ).reaches('UP')
    await instance.readUntil(() => linesOf(instance.stderr, 'monitor', 'err').length > 2)
    expect(await stop(instance)).to.equal(0)
    expect(linesOf(instance.stdout, 'firstboot')).to.deep.equal(['no end'])
    expect(linesOf(instance.stdout, 'warmup')).to.deep.equal(['one'])
    expect(new Set(linesOf(instance.stderr, 'monitor', 'err'))).to.deep.equal(new Set(['oops']))
  })

  it('prints the question of a hook that waits for its answer, and the rest of the line as such', async () => {
    const instance = boot(
      { boot: 'printf "Password: "; while [ ! -e "$WW_DATA/go" ]; do sleep 0.05; done; echo given' },
      format('prefix'),
    )
    await instance.readUntil(() => linesOf(instance.stdout, 'boot').length > 0)
    writeFileSync(`${instance.place.data}/go`, '')
    await instance.readUntil(() => linesOf(instance.stdout, 'boot', 'out+').length > 0)
    expect(linesOf(instance.stdout, 'boot')).to.deep.equal(['Password: '])
    expect(linesOf(instance.stdout, 'boot', 'out+')).to.deep.equal(['given'])
  })

  it('divides lines of more than 64 KiB', async () => {
    const instance = await boot(
      { boot: 'head -c 150000 /dev/zero | tr "\\0" x; echo; echo next', serve: quietServer },
      format('prefix'),
    ).reaches('UP')
    await instance.readUntil(() => linesOf(instance.stdout, 'boot').includes('next'))
    expect(linesOf(instance.stdout, 'boot').map(({ length }) => length)).to.deep.equal([65536, 4])
    expect(linesOf(instance.stdout, 'boot', 'out+').join('').length).to.equal(150_000 - 65536)
  })

  for (const [what, flood] of [
    ['lines without end', 'yes "$(head -c 99 /dev/zero | tr "\\0" x)"'],
    ['a line without end', 'cat /dev/zero | tr "\\0" x'],
  ]) {
    it(`lets others print, and needs no more memory, while a service prints ${what} as fast as it can`, async () => {
      const instance = await boot(
        {
          serve: 'while :; do echo tick; sleep 0.02; done',
          'serve-flood': flood ?? '',
          'serve-other': `while :; do echo tock >&2; sleep 0.02; done`,
        },
        format('prefix'),
      ).reaches('UP')
      let bytes = 0
      let ticks = 0
      let tocks = 0
      const enough = 100e6
      await until(() => {
        for (let i = 0; i < 50; i++) {
          instance.read()
          bytes += instance.stdout.length
          ticks += linesOf(
            instance.stdout.length < 1e5 ? instance.stdout : instance.stdout.slice(-1e5),
            'serve',
          ).length
          instance.stdout = ''
        }
        tocks = linesOf(instance.stderr, 'serve-other', 'err').length
        return bytes > enough && ticks > 3 && tocks > 20
      })
      const { logProcess } = instance
      if (logProcess === null) throw new Error('there is no log process')
      // in kB; a runtime starts with up to 100 MB, most of it shared
      expect(highWater(logProcess)).to.be.lessThan(250_000)
      expect(highWater(instance.process.pid ?? 0)).to.be.lessThan(250_000)
      expect(await stop(instance)).to.equal(0)
    })
  }

  it('comes up and stops within its grace period while nobody reads the log', async () => {
    const instance = await boot(
      {
        firstboot: 'echo first',
        serve: 'yes service',
        'serve-errors': 'yes error >&2',
        'serve-good': 'trap "exit 0" TERM; while :; do sleep 0.05; done',
      },
      format('prefix', { stop: { grace: '5s' }, kill_after: '200ms' }),
    ).reaches('UP')
    instance.process.kill('SIGHUP')
    await until(() => instance.state === 'RESTARTING')
    await instance.reaches('UP')
    const begun = performance.now()
    instance.process.kill('SIGTERM')
    expect(await instance.exited).to.equal(0)
    expect(performance.now() - begun).to.be.lessThan(5000)
    await until(() => instance.logProcess === null)
  })

  it('prints the rest of what services have written before the instance exits, to a slow reader too', async () => {
    const instance = await boot(
      { serve: 'trap "seq 100000; printf last; exit 0" TERM; echo ready; while :; do sleep 0.05; done' },
      format('prefix'),
    ).reaches('UP')
    await instance.readUntil(() => linesOf(instance.stdout, 'serve').includes('ready'))
    instance.process.kill('SIGTERM')
    let code: number | string | null = null
    void instance.exited.then((exit) => {
      code = exit
    })
    await until(() => instance.read(20_000) && code !== null)
    instance.read().read()
    expect(code).to.equal(0)
    const expected = ['ready', ...Array.from({ length: 100_000 }, (_, index) => String(index + 1)), 'last']
    expect(linesOf(instance.stdout, 'serve').length).to.equal(expected.length)
    expect(linesOf(instance.stdout, 'serve').at(-1)).to.equal('last')
  })

  it('goes on after kill -9 of the process that prints the log: services live, and no more is lost than it held', async () => {
    const counter = 'i=0; while :; do i=$((i+1)); echo $i; sleep 0.005; done'
    const instance = await boot({ serve: `echo $$ >"$WW_DATA/pid"; ${counter}` }, format('prefix')).reaches(
      'UP',
    )
    const path = `${instance.place.data}/pid`
    await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '')
    const service = readFileSync(path, 'utf8')
    for (let round = 0; round < 3; round++) {
      await until(() => instance.logProcess !== null)
      const first = instance.logProcess ?? 0
      const seen = linesOf(instance.stdout, 'serve').length
      await instance.readUntil(() => linesOf(instance.stdout, 'serve').length > seen + 20)
      process.kill(first, 'SIGKILL')
      await until(() => instance.logProcess !== null && instance.logProcess !== first)
    }
    const seen = linesOf(instance.stdout, 'serve').length
    await instance.readUntil(() => linesOf(instance.stdout, 'serve').length > seen + 20)
    expect(instance.state).to.equal('UP')
    expect(readFileSync(path, 'utf8')).to.equal(service)
    const numbers = linesOf(instance.stdout, 'serve').map(Number)
    const gaps = numbers.slice(1).map((number, index) => number - (numbers[index] ?? 0) - 1)
    expect(gaps.filter((gap) => gap !== 0).length).to.be.at.most(3)
    // on a busy machine it holds what was printed in some tenths of a second
    expect(Math.max(...gaps)).to.be.lessThan(200)
    expect(instance.stderr).to.contain('the log process was killed by SIGKILL')
    expect(await stop(instance)).to.equal(0)
  })

  it('leaves no process behind after kill -9 of the instance, also while nobody reads the log', async () => {
    for (const serve of [quietServer, 'yes']) {
      const instance = await boot({ serve: `echo $$ >"$WW_DATA/pid"; ${serve}` }, format('prefix')).reaches(
        'UP',
      )
      await until(() => instance.logProcess !== null)
      instance.process.kill('SIGKILL')
      await until(() => instance.logProcess === null)
    }
  })

  it('gives a process a standard output that it can open again, as another user too', async function () {
    if (process.getuid?.() !== 0) this.skip()
    const instance = await boot(
      {
        boot: 'echo reopened >/dev/stdout; setpriv --reuid 65534 --clear-groups sh -c "echo other >/dev/stderr"',
        serve: quietServer,
      },
      format('prefix'),
    ).reaches('UP')
    await instance.readUntil(
      () => linesOf(instance.stderr, 'boot', 'err').length > 0 && linesOf(instance.stdout, 'boot').length > 0,
    )
    expect(linesOf(instance.stdout, 'boot')).to.deep.equal(['reopened'])
    expect(linesOf(instance.stderr, 'boot', 'err')).to.deep.equal(['other'])
  })

  it('prints the output of hooks that were not there at boot', async () => {
    const write = (name: string): string =>
      `printf '#!/bin/sh\\necho here; exec sleep 1000\\n' >"$WW_HOME/usr/${name}"; chmod +x "$WW_HOME/usr/${name}"`
    const names = Array.from({ length: 12 }, (_, index) => `serve-${index}`)
    const instance = await boot({ boot: names.map(write).join('\n') }, format('prefix')).reaches('UP')
    await instance.readUntil(() => names.every((name) => linesOf(instance.stdout, name).includes('here')))
    expect(await stop(instance)).to.equal(0)
  })

  it('stays plain, with a warning, where there is no mkfifo', async () => {
    const place = makePlace({ serve: '#!/bin/sh\necho ready\nPATH=/usr/bin:/bin; exec sleep 1000' })
    const instance = bootWith({ serve: 'echo ready; PATH=/usr/bin:/bin exec sleep 1000' }, format('prefix'), {
      PATH: place.root,
    })
    await instance.says('output stays plain')
    await instance.says('ready')
    expect(instance.stdout).to.equal('ready\n')
    expect(logProcessOf(instance.place)).to.equal(null)
  })

  it('hands no descriptor of its FIFOs to hooks but the two', async () => {
    const instance = await boot(
      { boot: 'ls -l /proc/$$/fd >"$WW_DATA/fds"', serve: quietServer },
      format('prefix'),
    ).reaches('UP')
    const fds = readFileSync(`${instance.place.data}/fds`, 'utf8')
    expect(fds.match(/logs-/g)?.length ?? 0).to.be.at.most(2)
    const service = findProcess(instance.process.pid ?? 0)
    expect(service).not.to.equal(null)
    expect(existsSync(instance.place.run)).to.equal(true)
    expect(readlinkSync(`/proc/${instance.process.pid}/fd/1`)).to.contain('stdout')
  })
})
