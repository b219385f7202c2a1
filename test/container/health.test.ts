import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { mountHooks, startMounted } from './mounted-hooks.ts'
import { base, removeServers, startServer } from './server-images.ts'

describe('HEALTHCHECK', () => {
  afterEach(removeServers)

  it('turns healthy in UP, and not before', async () => {
    const hooks = mountHooks({ warmup: 'while [ ! -e /tmp/go ]; do sleep 0.1; done' })
    const often = ['--health-interval', '1s', '--health-start-period', '1s', '--health-retries', '1']
    const container = await startServer(base, {}, ...hooks, ...often)
    const health = (): Promise<string> => container.inspect('.State.Health.Status')
    await until(async () => (await health()) === 'unhealthy', 'it is unhealthy in WARMUP', 60_000)
    await container.sh('touch /tmp/go')
    await until(async () => (await health()) === 'healthy', 'it is healthy', 60_000)
    expect(await container.sh('ww status --json')).to.contain('"state":"UP"')
  })
})

describe('docker logs', () => {
  afterEach(removeServers)

  it('have the service’s output as it is', async () => {
    const serve = `printf 'tab\\t\\033[1mbold\\033[0m\\r\\nžluťoučký\\n'; exec sleep 1000`
    const container = await startMounted({ serve })
    await container.printed(/žlu/)
    expect(await container.logs()).to.contain('tab\t\u001b[1mbold\u001b[0m\r\nžluťoučký')
  })
})
