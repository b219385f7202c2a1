import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { startHooks } from './hooks-image.ts'
import { removeServers } from './server-images.ts'

describe('a service in a container', () => {
  afterEach(removeServers)

  it('that crashes is running again without the container being restarted', async () => {
    const container = await (await startHooks({ serve: 'echo $$ > /run/ww/pid; exec sleep 1000' })).isUp()
    const pid = await container.sh('cat /run/ww/pid')
    await container.sh(`kill -9 ${pid}`)
    await until(async () => (await container.sh('cat /run/ww/pid')) !== pid, 'another one runs')
    await container.isUp()
    expect(await container.inspect('.RestartCount')).to.equal('0')
    expect(await container.logs()).to.contain('RESTARTING: serve ended: ended by SIGKILL')
  })

  it('that crashes again and again ends in ERROR and exit 1, and Docker’s restart policy takes over', async () => {
    const loop = { ww: { restart: { limit: 2, backoff: '10ms' } } }
    const container = await startHooks({ serve: 'exit 3' }, loop, '--restart', 'on-failure:1')
    await until(async () => (await container.inspect('.RestartCount')) === '1', 'Docker restarts it')
    expect(await container.exitCode()).to.equal(1)
    expect(await container.logs()).to.match(/ERROR: 2 restarts within 600 s, which is ww\.restart\.limit/)
  })

  it('that is killed for want of memory is restarted too', async () => {
    const hog =
      '[ -e /run/ww/hogged ] && exec sleep 1000; touch /run/ww/hogged; x=0123456789; while :; do x=$x$x; done'
    const container = await startHooks({ serve: hog }, {}, '-m', '200m', '--memory-swap', '200m')
    await until(async () => (await container.logs()).includes('RESTARTING: serve ended'), 'it is restarted')
    await container.isUp()
  })
})
