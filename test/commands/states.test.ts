import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { programWords } from '../helpers/program.ts'
import { until } from '../helpers/until.ts'
import { colours } from '../states/charts.ts'

/** A `ww` that was typed, with what it says. */
class Typed {
  readonly process: ChildProcess
  said = ''
  readonly ended: Promise<number | string>

  constructor(args: readonly string[], env: Record<string, string> = {}) {
    const [file, ...words] = programWords(...args)
    this.process = spawn(file, words, {
      env: { PATH: process.env.PATH, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.said += text
      })
    }
    this.ended = new Promise((done) =>
      this.process.once('close', (code, signal) => done(code ?? signal ?? 'unknown')),
    )
  }
}

describe('ww states', () => {
  let root = ''
  let chart = ''
  let typed: Typed[] = []
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'ww-states-'))
    chart = join(root, 'states.yaml')
    writeFileSync(chart, colours)
    typed = []
  })
  afterEach(async () => {
    for (const { process, ended } of typed) {
      process.kill('SIGKILL')
      await ended
    }
    rmSync(root, { recursive: true })
  })

  const type = (args: readonly string[], env?: Record<string, string>): Typed => {
    const command = new Typed(['states', ...args], env)
    typed.push(command)
    return command
  }
  const serve = async (
    args: readonly string[] = ['--chart', chart],
    port = 0,
  ): Promise<{ url: string; service: Typed }> => {
    const service = type([...args, '--port', String(port)])
    const address = (): string | undefined => /serving state machines at (\S+)/.exec(service.said)?.[1]
    await until(
      () => address() !== undefined || service.process.exitCode !== null,
      () => service.said,
    )
    return { url: address() ?? service.said, service }
  }
  const stop = (service: Typed): Promise<number | string> => {
    service.process.kill('SIGTERM')
    return service.ended
  }

  it('serves a chart, and goes on where it stopped', async () => {
    const { url, service } = await serve()
    expect((await fetch(`${url}/state?state=green_state`, { method: 'PUT' })).status).to.equal(200)
    expect(await stop(service)).to.equal(0)
    expect(parse(readFileSync(chart, 'utf8')).states[0].current.value).to.equal(1)
    const again = await serve()
    expect((await fetch(`${again.url}/state?state=green_state`, { method: 'PUT' })).status).to.equal(200)
    expect((await fetch(`${again.url}/state?state=red_state`)).status).to.equal(200)
  })

  it('leaves the chart alone when the machines are kept in a directory, and tells when the two differ', async () => {
    const data = join(root, 'data')
    const { url, service } = await serve(['--chart', chart, '--data', data])
    expect((await fetch(`${url}/state?state=green_state`, { method: 'PUT' })).status).to.equal(200)
    expect(await stop(service)).to.equal(0)
    expect(readFileSync(chart, 'utf8')).to.equal(colours)
    expect(parse(readFileSync(join(data, 'default.yaml'), 'utf8')).states[0].current.value).to.equal(1)
    const same = await serve(['--chart', chart, '--data', data])
    expect(same.service.said).not.to.contain('has changed')
    expect(await stop(same.service)).to.equal(0)
    writeFileSync(chart, colours.replace('value: 2', 'value: 3'))
    const { service: other } = await serve(['--chart', chart, '--data', data])
    expect(other.said).to.contain(`${chart} has changed since the machine "default" was made from it`)
  })

  it('loses no update that it answered, and invents none, when it is killed under load', async () => {
    writeFileSync(chart, colours.replace('value: 2', 'value: 1000000'))
    const agent = new Agent({ keepAlive: true, maxSockets: 16 })
    const put = (url: string): Promise<boolean> =>
      new Promise((done) => {
        const asking = request(`${url}/state?state=green_state`, { method: 'PUT', agent }, (answer) => {
          answer.resume().on('close', () => done(answer.statusCode === 200))
        })
        asking.on('error', () => done(false)).end()
      })
    let least = 0
    for (let round = 0; round < 5; round++) {
      const { url, service } = await serve()
      let answered = 0
      let asked = 0
      let alive = true
      const work = async (): Promise<void> => {
        while (alive) {
          asked += 1
          if (await put(url)) answered += 1
        }
      }
      const workers = Array.from({ length: 16 }, work)
      await until(
        () => answered > 100 + 50 * round,
        () => service.said,
      )
      service.process.kill('SIGKILL')
      await service.ended
      alive = false
      await Promise.all(workers)
      const kept = parse(readFileSync(chart, 'utf8'))
      const count = kept.states[0].current.value
      expect(count).to.be.within(least + answered, least + asked)
      expect([kept.revision, kept.history.at(-1).revision]).to.deep.equal([count, count])
      least = count
    }
    agent.destroy()
  }).timeout(60_000)

  for (const [what, args, code, says] of [
    ['nothing to serve', [], 2, 'give --chart FILE, --data DIR, or both'],
    ['two places', ['--data', '/tmp/x', '--store', 'etcd://a'], 2, 'not both'],
    [
      'an address for others without a token',
      ['--chart', 'CHART', '--host', '0.0.0.0'],
      78,
      'without a token',
    ],
    ['a chart that is not there', ['--chart', '/nowhere/states.yaml'], 78, 'cannot read the chart'],
    ['a port that is none', ['--chart', 'CHART', '--port', '70000'], 2, '--port takes a number'],
  ] as const) {
    it(`refuses ${what} in one line`, async () => {
      const command = type(args.map((arg) => (arg === 'CHART' ? chart : arg)))
      expect(await command.ended).to.equal(code)
      expect(command.said)
        .to.contain(says)
        .and.match(/^ww states: .*\n$/)
    })
  }

  it('refuses a chart with a mistake, by its line, and leaves it as it is', async () => {
    const wrong = colours.replace('func: increment', 'func: decrement')
    writeFileSync(chart, wrong)
    const command = type(['--chart', chart])
    expect(await command.ended).to.equal(78)
    expect(command.said).to.contain(`${chart}:5: "func" must be increment or time`)
    expect(readFileSync(chart, 'utf8')).to.equal(wrong)
  })

  it('lets only one process at a chart', async () => {
    await serve()
    const second = type(['--chart', chart, '--port', '0'])
    expect(await second.ended).to.equal(1)
    expect(second.said).to.contain('another ww states has')
  })

  describe('wait and done', () => {
    const freePort = async (): Promise<number> => {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      server.close()
      return typeof address === 'object' && address ? address.port : 0
    }

    it('take turns: who waits goes on when the others are done', async () => {
      const { url } = await serve()
      const waiting = type(['wait', url, 'red_state', '--timeout', '15s'])
      for (let i = 0; i < 2; i++) {
        const done = type(['done', url, 'green_state'])
        expect(await done.ended, done.said).to.equal(0)
      }
      expect(await waiting.ended, waiting.said).to.equal(0)
      expect(waiting.said).to.equal('')
    })

    it('wait for a service that is not up yet, and for a machine that is not made yet', async () => {
      const port = await freePort()
      const url = `http://127.0.0.1:${port}`
      const waiting = type(['wait', `${url}/machines/deploy`, 'green_state', '--timeout', '15s'])
      const done = type(['done', `127.0.0.1:${port}/state`, 'green_state', '--timeout', '15s'])
      await serve(['--chart', chart], port)
      expect(await done.ended, done.said).to.equal(0)
      expect((await fetch(`${url}/machines?name=deploy`, { method: 'POST', body: colours })).status).to.equal(
        201,
      )
      expect(await waiting.ended, waiting.said).to.equal(0)
    })

    it('tell in one line what is the case when the time is over, or when they are refused', async () => {
      const { url } = await serve()
      const waiting = type(['wait', url, 'red_state', '--timeout', '300ms'])
      expect(await waiting.ended).to.equal(1)
      expect(waiting.said).to.equal(
        'ww states: red_state did not come within 300ms: red_state is not current: green_state is\n',
      )
      const done = type(['done', url, 'red_state'])
      expect(await done.ended).to.equal(1)
      expect(done.said).to.equal(
        'ww states: red_state could not be reported as done: red_state is not current: green_state is\n',
      )
    })

    it('count once with a key, however often', async () => {
      const { url } = await serve()
      for (let i = 0; i < 3; i++) {
        const done = type(['done', url, 'green_state', '--key', 'host-7'])
        expect(await done.ended, done.said).to.equal(0)
      }
      expect((await fetch(`${url}/state?state=green_state`)).headers.get('etag')).to.equal('"1"')
    })

    it('give the token that the service asks for', async () => {
      const { url } = await serve(['--chart', chart, '--token', 'chef=word-of-chef'])
      const stranger = type(['done', url, 'green_state'])
      expect(await stranger.ended).to.equal(1)
      expect(stranger.said).to.contain('changes need a token')
      const chef = type(['done', url, 'green_state'], { WW_STATES_TOKEN: 'word-of-chef' })
      expect(await chef.ended, chef.said).to.equal(0)
    })

    it('ask a service that holds no answer now and then, and one that fails again', async () => {
      const server = await new MisbehavingServer().start()
      const url = new URL(server.url).origin
      server.script = Array.from({ length: 100 }, () => 406)
      const waiting = type(['wait', url, 'red_state', '--timeout', '1s'])
      expect(await waiting.ended).to.equal(1)
      expect(waiting.said).to.contain('the answer was 406')
      expect(server.received.length).to.be.within(1, 4)
      server.received.length = 0
      server.script = ['close', 503, 200]
      const done = type(['done', url, 'red_state'])
      expect(await done.ended, done.said).to.equal(0)
      expect(new Set(server.received.map(({ headers }) => headers['idempotency-key'])).size).to.equal(1)
      await server.stop()
    })

    it('are typed wrongly with a word on how', async () => {
      for (const args of [
        ['wait'],
        ['wait', 'a'],
        ['done', 'a', 'b', 'c'],
        ['wait', 'a', 'b', '--timeout', 'soon'],
      ]) {
        const command = type(args)
        expect(await command.ended).to.equal(2)
        expect(command.said).to.match(/^ww states: .*\n$/)
      }
    })
  })
})
