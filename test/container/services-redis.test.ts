import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { buildLike, statusOf } from './like-images.ts'
import { removeServers, startServer } from './server-images.ts'

describe('the redis skeleton', function () {
  this.timeout(900_000)
  let image = ''
  before(async () => {
    image = await buildLike('redis')
  })
  afterEach(removeServers)

  it('runs redis-server without a shim, as its own user, with the configuration', async () => {
    const server = await (await startServer(image, { memory: '64mb' })).isUp()
    const { pid, reason } = await statusOf(server, 'serve')
    expect(await server.sh(`cat /proc/${pid}/comm; stat -c %U /proc/${pid}`)).to.equal('redis-server\nredis')
    expect(reason).to.match(/^ready after /)
    expect(await server.sh('redis-cli config get maxmemory')).to.equal('maxmemory\n67108864')
    expect(JSON.parse(await server.sh('ww monitor'))).to.include({ keys: 0 })
    // the first poll of the monitor already succeeds: it begins when the port is ready
    expect(await server.logs()).not.to.contain('Connection refused')
  })

  it('has its data after docker stop and docker start', async () => {
    const server = await (await startServer(image, {})).isUp()
    expect(await server.sh('redis-cli set name Ada; redis-cli incr count')).to.equal('OK\n1')
    expect(await server.stop()).to.equal('0')
    expect(await server.logs())
      .to.contain('Redis is now ready to exit')
      .and.contain('nothing was killed')
    await (await server.start()).isUp()
    expect(await server.sh('redis-cli get name; redis-cli incr count')).to.equal('Ada\n2')
    expect(JSON.parse(await server.sh('ww monitor'))).to.include({ keys: 2 })
  })

  it('has its data after kill -9 of the server, too, in the same container', async () => {
    const server = await (await startServer(image, {})).isUp()
    expect(await server.sh('redis-cli set name Ada')).to.equal('OK')
    const { pid } = await statusOf(server, 'serve')
    await server.sh(`kill -9 ${pid}`)
    await until(async () => /RESTARTING[\s\S]* UP: /.test(await server.logs()), 'it is UP again')
    expect(await server.sh('redis-cli get name')).to.equal('Ada')
    expect((await statusOf(server, 'serve')).pid).to.not.equal(pid)
  })
})
