import { expect } from 'chai'
import { buildServer, makeVolume, removeServers, startServer } from './server-images.ts'

describe('PostgreSQL image: docker stop', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('is a clean shutdown with a session open: exit code 0, nothing killed, no recovery at the next start', async () => {
    const image = await buildServer('postgres')
    const volume = `${await makeVolume()}:/data`
    const cfg = { password: 'secret' }
    const first = await (await startServer(image, cfg, '-v', volume)).isUp()
    await first.sh(
      'as-postgres psql -Xc "create table t (n int); insert into t select generate_series(1, 100000)" app',
    )
    await first.sh(`as-postgres psql -Xc 'select pg_sleep(600)' app`, '-d')
    expect(await first.stop()).to.equal('0')
    expect(await first.logs())
      .to.contain('received fast shutdown request')
      .and.contain('nothing was killed')
    await first.remove()
    const second = await (await startServer(image, cfg, '-v', volume)).isUp()
    expect(await second.logs()).to.contain('database system was shut down at')
    expect(await second.logs()).not.to.match(/recovery|not properly shut down|interrupted/)
    expect(await second.sh('as-postgres psql -XAtc "select count(*) from t" app')).to.equal('100000')
  })
})
