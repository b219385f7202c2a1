import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { buildHooks } from './hooks-image.ts'
import { removeServers, startServer } from './server-images.ts'

describe('HEALTHCHECK', () => {
  afterEach(removeServers)

  it('turns healthy in UP, and not before', async () => {
    const image = await buildHooks({ warmup: 'while [ ! -e /run/ww/go ]; do sleep 0.1; done' })
    const often = ['--health-interval', '1s', '--health-start-period', '1s', '--health-retries', '1']
    const container = await startServer(image, {}, ...often)
    const health = (): Promise<string> => container.inspect('.State.Health.Status')
    await until(async () => (await health()) === 'unhealthy', 'it is unhealthy in WARMUP', 30_000)
    await container.sh('touch /run/ww/go')
    await until(async () => (await health()) === 'healthy', 'it is healthy', 30_000)
    expect(await container.sh('ww status --json')).to.contain('"state":"UP"')
  })
})

describe('docker logs', () => {
  afterEach(removeServers)

  it('have the service’s output as it is', async () => {
    const image = await buildHooks({
      serve: `printf 'tab\\t\\033[1mbold\\033[0m\\r\\nžluťoučký\\n'; exec sleep 1000`,
    })
    const container = await (await startServer(image, {})).isUp()
    await until(async () => (await container.logs()).includes('žlu'), 'the service has spoken')
    expect(await container.logs()).to.contain('tab\t\u001b[1mbold\u001b[0m\r\nžluťoučký')
  })
})
