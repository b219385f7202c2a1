import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { buildLike, statusOf } from './like-images.ts'
import { removeServers, startServer } from './server-images.ts'

describe('the notify skeleton', function () {
  this.timeout(900_000)
  let image = ''
  before(async () => {
    image = await buildLike('notify')
  })
  afterEach(removeServers)

  it('is UP after its READY=1, and runs as its own user', async () => {
    const server = await startServer(image, { startup_seconds: 3 })
    await until(async () => (await statusOf(server, 'serve')).state === 'starting', 'it is starting')
    expect((await server.try('ww health')).stdout).to.match(/^not ready: WARMUP: /)
    await server.isUp()
    const { state, pid, reason } = await statusOf(server, 'serve')
    expect(state).to.equal('ready')
    expect(await server.sh(`stat -c %U /proc/${pid}`)).to.equal('nobody')
    expect(await server.stop()).to.equal('0')
    // it was not ready before it said so
    expect(await server.logs()).to.match(/ UP: .*\(ready after ([3-9]|\d\d)(\.\d)? s, 1 service\)/)
    expect(reason).to.not.equal('')
  })

  it('shows its last STATUS, while it starts and later', async () => {
    const server = await startServer(image, { startup_seconds: 3 })
    const shows = (text: RegExp) => async (): Promise<boolean> =>
      text.test((await statusOf(server, 'serve')).reason)
    await until(shows(/loading/), 'its status while it starts is shown')
    await until(shows(/jobs done: [1-9]/), 'its later status is shown')
  })

  it('is restarted when it hangs: its WATCHDOG=1 is overdue', async () => {
    const cfg = { startup_seconds: 1, ww: { timeouts: { svcdown: '2s' } } }
    const server = await (await startServer(image, cfg)).isUp()
    const { pid } = await statusOf(server, 'serve')
    await server.printed(/ UP: /)
    await server.sh(`sleep 2; kill -STOP ${pid}`)
    const log = await server.printed(/ RESTARTING: [\s\S]* UP: /)
    expect(log).to.match(
      / RESTARTING: serve is no longer ready: sent no WATCHDOG=1 for 5 s \(status: jobs done: \d+\)/,
    )
    await server.isUp()
    expect((await statusOf(server, 'serve')).pid).to.not.equal(pid)
  })
})
