import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { startMounted } from './mounted-hooks.ts'
import { removeServers } from './server-images.ts'

describe('a service in a container', () => {
  afterEach(removeServers)

  it('that crashes is running again without the container being restarted', async () => {
    const container = await startMounted({ serve: 'echo $$ > /tmp/pid; exec sleep 1000' })
    await container.printed(/ UP: /)
    const pid = await container.sh('cat /tmp/pid')
    await container.sh(`kill -9 ${pid}`)
    await container.printed(/ RESTARTING: serve was killed by SIGKILL [\s\S]* UP: /)
    expect(await container.sh('cat /tmp/pid')).to.not.equal(pid)
    expect(await container.inspect('.RestartCount')).to.equal('0')
  })

  it('that crashes again and again ends in ERROR and exit 1, and Docker’s restart policy starts the container', async () => {
    const cfg = { ww: { restart: { limit: 2, backoff: '10ms' } } }
    const options = ['--restart', 'on-failure:1']
    const container = await startMounted({ serve: 'sleep 0.3; exit 3' }, { cfg, options })
    await until(
      async () => (await container.inspect('.RestartCount')) === '1',
      'Docker starts it again',
      60_000,
    )
    expect(await container.exitCode()).to.equal(1)
    expect(await container.logs()).to.match(
      / ERROR: serve exited with code 3, restart limit exceeded \(2 within 10 min\)\n/,
    )
  })

  it('that is killed for lack of memory is restarted too, and the log says why', async () => {
    const serve =
      '[ -e /tmp/hogged ] && exec sleep 1000; touch /tmp/hogged; x=0123456789; while :; do x=$x$x; done'
    const container = await startMounted({ serve }, { options: ['-m', '200m', '--memory-swap', '200m'] })
    const log = await container.printed(/ RESTARTING: [\s\S]* UP: /)
    expect(log).to.contain(' RESTARTING: serve was killed by SIGKILL (out of memory) (restart 1 of 5 ')
  })
})
