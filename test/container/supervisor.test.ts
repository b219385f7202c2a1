import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import type { ServerContainer } from './server-container.ts'
import { buildServer, removeServers, startServer } from './server-images.ts'

type State = { targets: { url: string; state: string; pid: number; restarts: number }[] }

describe('supervisor image', function () {
  this.timeout(300_000)
  let image: string
  let server: ServerContainer
  before(async () => {
    image = await buildServer('supervisor')
  })
  beforeEach(async () => {
    server = await (await startServer(image, {})).isUp()
  })
  afterEach(removeServers)

  /** What an address in the container answers. */
  const ask = (url: string): Promise<string> =>
    server.sh(`node -e 'fetch("${url}").then((r) => r.text()).then((t) => process.stdout.write(t))'`)
  const state = async (): Promise<State> => JSON.parse(await ask('http://127.0.0.1:7070/state'))
  const find = async (part: string): Promise<State['targets'][number]> => {
    const found = (await state()).targets.find(({ url }) => url.includes(part))
    if (!found) throw new Error(`no target at ${part}`)
    return found
  }

  it('is UP when all three services run, which work together', async () => {
    expect((await state()).targets.map(({ state }) => state)).to.deep.equal(['RUNNING', 'RUNNING', 'RUNNING'])
    expect(await ask('http://127.0.0.1/')).to.equal('visit 1')
    expect(await ask('http://127.0.0.1/')).to.equal('visit 2')
  })

  for (const [name, part, kill] of [
    ['redis', ':6380', 'redis-cli shutdown nosave'],
    ['nginx', ':80/', 'kill "$(cat /run/nginx.pid)"'],
  ] as const)
    it(`mends ${name} when it dies, and stays UP`, async () => {
      await server.sh(kill)
      await until(async () => {
        const { state, restarts } = await find(part)
        return state === 'RUNNING' && restarts > 0
      }, `${name} runs again`)
      await until(async () => (await ask('http://127.0.0.1/')).startsWith('visit'), 'all of it works', 30_000)
      expect(await server.logs()).to.not.contain('RESTARTING')
      await server.sh('ww health')
    })

  it('starts nothing twice when the supervisor itself is killed with -9', async () => {
    const before = (await state()).targets.map(({ pid }) => pid)
    await server.sh(
      'for p in /proc/[0-9]*; do grep -qs "[s]upervise" "$p/cmdline" && kill -9 "${p#/proc/}"; done; true',
    )
    await until(async () => /RESTARTING[\s\S]* UP/.test(await server.logs()), 'it is UP again', 30_000)
    await until(
      async () =>
        (await state().catch(() => null))?.targets.every(({ state }) => state === 'RUNNING') ?? false,
    )
    expect((await state()).targets.map(({ pid }) => pid)).to.deep.equal(before)
  })

  it('shows each target in its stats, and has the monitor fail when one is beyond repair', async () => {
    const stats = JSON.parse(await server.sh('/ww/usr/monitor'))
    expect(stats).to.include({ targets: 3, running: 3 })
    expect(stats.target['http://127.0.0.1:6380/']).to.include({ state: 'RUNNING', restarts: 0 })
    const url = 'http://127.0.0.1:9999/'
    const broken = { [url]: { run: 'exit 3', restart: { limit: 1 } } }
    const other = await startServer(image, {
      supervisor: { targets: broken },
      ww: { timeouts: { warmup: '4s' } },
    })
    expect(await other.exitCode()).to.equal(1)
    expect(await other.logs())
      .to.contain(`${url}: DOWN: its command exited with code 3`)
      .and.contain('given up: 1 restarts')
      .and.contain('ERROR')
  })

  it('goes down on docker stop, who requires others first, with exit code 0', async () => {
    expect(await server.stop()).to.equal('0')
    const ends = [...(await server.logs()).matchAll(/http:\/\/127\.0\.0\.1:(\d+)\/\w*: DOWN: ended/g)]
    expect(ends.map(([, port]) => port)).to.deep.equal(['80', '8000', '6380'])
  })
})
