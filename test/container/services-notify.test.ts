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

  it('is UP after its READY=1, and shows its last STATUS', async () => {
    const server = await startServer(image, { startup_seconds: 3 })
    await until(async () => (await server.try('ww status')).stdout.includes('loading'), 'its status is shown')
    expect((await statusOf(server, 'serve')).state).to.equal('starting')
    expect((await server.try('ww health')).stdout).to.match(/^not ready: WARMUP: /)
    await server.isUp()
    const shown = async (): Promise<boolean> =>
      /jobs done: \d+/.test((await statusOf(server, 'serve')).reason)
    await until(shown, 'its later status is shown')
    const { state, pid } = await statusOf(server, 'serve')
    expect(state).to.equal('ready')
    expect(await server.sh(`stat -c %U /proc/${pid}`)).to.equal('nobody')
    expect(await server.stop()).to.equal('0')
  })

  it('is restarted when it hangs: its WATCHDOG=1 is overdue', async () => {
    const cfg = { startup_seconds: 0, ww: { timeouts: { svcdown: '2s' } } }
    const server = await (await startServer(image, cfg)).isUp()
    const { pid } = await statusOf(server, 'serve')
    await server.sh(`kill -STOP ${pid}`)
    const log = await server.printed(/ RESTARTING: [\s\S]* UP: /)
    expect(log).to.match(/ RESTARTING: serve sent no WATCHDOG=1 for 5 s/)
    await server.isUp()
    expect((await statusOf(server, 'serve')).pid).to.not.equal(pid)
  })
})
