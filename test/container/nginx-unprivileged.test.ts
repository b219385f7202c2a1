import { expect } from 'chai'
import { buildServer, removeServers, startServer } from './server-images.ts'

const locked = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only', '--tmpfs', '/tmp']

describe('nginx image: started as the user www-data, read-only, without capabilities', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('boots, serves, reloads and stops as with root', async () => {
    const image = await buildServer('nginx')
    const options = ['--user', 'www-data', ...locked, '--tmpfs', '/run/nginx']
    const server = await (await startServer(image, {}, ...options)).isUp()
    expect(await server.sh('curl -sS http://localhost/healthz')).to.equal('ok')
    await server.sh('/ww/usr/reload')
    expect(await server.sh('curl -sS http://localhost/healthz')).to.equal('ok')
    expect(await server.stop()).to.equal('0')
    expect(await server.logs()).to.contain('nothing was killed')
  })
})
