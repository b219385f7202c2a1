import { expect } from 'chai'
import { buildServer, removeServers, startServer } from './server-images.ts'

const locked = ['--cap-drop', 'ALL', '--security-opt', 'no-new-privileges', '--read-only', '--tmpfs', '/tmp']

describe('PostgreSQL image: started as the user postgres, read-only, without capabilities', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('boots, serves, backs up and stops as with root', async () => {
    const image = await buildServer('postgres')
    const options = ['--user', 'postgres', ...locked, '--tmpfs', '/run/postgresql']
    const server = await (await startServer(image, { password: 'secret' }, ...options)).isUp()
    expect(await server.sh('as-postgres psql -XAtc "select current_user" app')).to.equal('postgres')
    await server.sh('WW_BACKUP=/backup /ww/usr/backup')
    expect(await server.sh('ls /backup')).to.match(/^app-\S+\.dump$/)
    expect(await server.stop()).to.equal('0')
    expect(await server.logs()).to.contain('nothing was killed')
  })
})
