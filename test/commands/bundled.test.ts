import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { Webhook } from 'standardwebhooks'
import { bundleProgram } from '../../docker/build/bundle.ts'
import { MisbehavingServer } from '../helpers/misbehaving-server.ts'
import { makePlace, type Place } from '../helpers/real-instance.ts'
import { until } from '../helpers/until.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'

/** What is loaded lazily is another thing in the bundle than in the sources, so it is used here, all of it. */
describe('the program as it is bundled', () => {
  const receiver = new MisbehavingServer()
  const required = new MisbehavingServer()
  let program = ''
  let place: Place
  let child: ChildProcess
  let log = ''
  let ended: Promise<number | null>

  before(async () => {
    program = mkdtempSync(join(tmpdir(), 'ww-bundle-'))
    await bundleProgram(resolve(import.meta.dirname, '../../ww/main.ts'), program)
    await Promise.all([receiver.start(), required.start()])
    place = makePlace({ monitor: `echo '{"load": 0.5}'`, tick: 'touch "$WW_DATA/ticked"' })
    writeFileSync(join(place.home, 'etc/cfg.schema.json'), '{"required": ["shop"]}')
  })
  after(async () => {
    child?.kill('SIGKILL')
    await Promise.all([receiver.stop(), required.stop()])
    rmSync(program, { recursive: true })
    if (place) rmSync(place.root, { recursive: true })
  })

  const start = (configuration: object | string): void => {
    const { home, data, run, backup } = place
    log = ''
    child = spawn(process.execPath, [join(program, 'main.cjs'), 'run'], {
      env: {
        PATH: process.env.PATH,
        ...{ WW_HOME: home, WW_DATA: data, WW_RUN: run, WW_BACKUP: backup },
        CFG: typeof configuration === 'string' ? configuration : JSON.stringify(configuration),
      },
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      log += chunk
    })
    ended = new Promise((done) => child.once('close', done))
  }

  it('checks the configuration with a schema', async () => {
    start({ ww: { app: 'shop' } })
    expect(await ended, log).to.equal(78)
    expect(log).to.contain('shop')
  })

  it('names the line of malformed configuration', async () => {
    start('{\n"a": }')
    expect(await ended, log).to.equal(78)
    expect(log).to.contain('CFG: line 2, column 6: expected a value, found "}"; write JSON')
  })

  it('waits for what it requires, posts signed events, answers probes, runs schedules, and stops', async () => {
    const probes = `127.0.0.1:${await findFreePort()}`
    start({
      shop: true,
      ww: {
        requires: [required.url],
        listen: probes,
        schedule: { tick: '* * * * * *' },
        notify: { url: receiver.url, secret },
      },
    })
    const statesOf = (): string[] => receiver.received.map(({ body }) => JSON.parse(body).data.state)
    await until(
      () => statesOf().includes('UP'),
      () => log,
    )
    expect(required.received).not.to.deep.equal([])
    expect(await (await fetch(`http://${probes}/readyz`)).text()).to.match(/^UP: /)
    await until(
      () => receiver.received.some(({ body }) => JSON.parse(body).type === 'whaleware.stats'),
      () => log,
    )
    await until(
      () => existsSync(join(place.data, 'ticked')),
      () => log,
    )
    child.kill('SIGTERM')
    expect(await ended, log).to.equal(0)
    expect(statesOf().at(-1)).to.equal('STOPPED')
    for (const { body, headers } of receiver.received)
      expect(() => new Webhook(secret).verify(body, headers as Record<string, string>)).not.to.throw()
    expect(log).not.to.contain('warning')
  })

  it('serves state machines, and waits for them and says that they are done', async () => {
    const [port, chart] = [await findFreePort(), join(place.root, 'states.yaml')]
    writeFileSync(chart, 'initial: a\nstates: {a: {on: {done: b}}, b: {}}\n')
    const type = (...args: string[]): ChildProcess =>
      spawn(process.execPath, [join(program, 'main.cjs'), 'states', ...args], { stdio: 'ignore' })
    const service = type('--chart', chart, '--port', String(port))
    const [done] = await once(type('done', `127.0.0.1:${port}`, 'a', '--event', 'done'), 'exit')
    const [came] = await once(type('wait', `127.0.0.1:${port}`, 'b', '--timeout', '15s'), 'exit')
    service.kill('SIGTERM')
    expect([done, came, ...(await once(service, 'exit'))]).to.deep.equal([0, 0, 0, null])
  })
})

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  return typeof address === 'object' && address ? address.port : 0
}
