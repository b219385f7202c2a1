import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { buildServer, makeFiles, removeServers, startServer } from './server-images.ts'

describe('nginx image', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('serves files and passes requests on, as configured', async () => {
    const image = await buildServer('nginx')
    const files = makeFiles({ 'index.html': 'hello from a file' })
    const back = await (await startServer(image, {}, '-v', `${files}:/srv/www:ro`)).isUp()
    const address = await back.inspect('.NetworkSettings.IPAddress')
    const front = await startServer(image, { static: [], proxy: [{ path: '/', to: `http://${address}` }] })
    await front.isUp()
    expect(await front.sh('curl -sS http://localhost/')).to.equal('hello from a file')
    expect(await back.logs()).to.contain('"GET / HTTP/1.1" 200')
  })

  it('refuses at boot what nginx refuses, with its reason', async () => {
    const image = await buildServer('nginx')
    const config = makeFiles({ 'bad.conf': 'server {' })
    const server = await startServer(image, {}, '-v', `${config}:/config:ro`)
    expect(await server.exitCode()).to.equal(1)
    expect(await server.logs())
      .to.contain('unexpected end of file')
      .and.contain('/config/bad.conf')
  })

  it('shows stub_status in ww status --json', async () => {
    const image = await buildServer('nginx')
    const server = await (await startServer(image, { ww: { monitor: { every: '200ms' } } })).isUp()
    const requests = async (): Promise<number> => {
      const status = JSON.parse(await server.sh('ww status --json'))
      return JSON.parse(status.monitor.output).requests
    }
    const before = await requests()
    await server.sh('for i in 1 2 3 4 5 6 7 8 9 10; do curl -sS http://localhost/healthz; done')
    await until(async () => (await requests()) >= before + 10, 'the requests are counted')
  })

  it('serves again after kill -9, though its workers held the port', async () => {
    const image = await buildServer('nginx')
    const server = await (await startServer(image, {})).isUp()
    await server.sh('kill -9 "$(cat /run/nginx/nginx.pid)"')
    await until(async () => /RESTARTING[\s\S]* UP/.test(await server.logs()), 'it is UP again', 30_000)
    expect(await server.sh('curl -sS http://localhost/healthz')).to.equal('ok')
    expect(await server.stop()).to.equal('0')
  })
})
