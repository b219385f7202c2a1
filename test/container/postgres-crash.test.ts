import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { buildServer, removeServers, startServer } from './server-images.ts'

const isBusy = `as-postgres psql -XAtc "select count(*) from pg_stat_activity where query like 'select sum%'" app`

describe('PostgreSQL image: kill -9 of the server', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('is repaired in the same container, with committed rows kept and backends that outlived it ended', async () => {
    const image = await buildServer('postgres')
    const server = await (await startServer(image, { password: 'secret' })).isUp()
    const started = await server.inspect('.State.StartedAt')
    await server.sh(
      'as-postgres psql -Xc "create table t (n int); insert into t select generate_series(1, 1000)" app',
    )
    // a backend that computes does not notice that its server is gone
    await server.sh(`as-postgres psql -Xc 'select sum(n) from generate_series(1, 1e12) n' app`, '-d')
    await until(async () => (await server.sh(isBusy)) === '1', 'the long query runs')
    await server.sh('kill -9 "$(head -n 1 "$PGDATA/postmaster.pid")"')
    await until(async () => /RESTARTING[\s\S]* UP/.test(await server.logs()), 'it is UP again', 60_000)
    await server.isUp()
    expect(await server.logs())
      .to.contain('automatic recovery in progress')
      .and.contain('ending the leftover backend')
    expect(await server.sh('as-postgres psql -XAtc "select count(*) from t" app')).to.equal('1000')
    expect(await server.inspect('.State.StartedAt')).to.equal(started)
    expect(await server.inspect('.RestartCount')).to.equal('0')
  })

  it('leaves no second server on the same data: one in another container gives up', async () => {
    const image = await buildServer('postgres')
    const server = await (await startServer(image, { password: 'secret' })).isUp()
    const second = await startServer(image, { password: 'secret' }, '--volumes-from', server.id)
    expect(await second.exitCode()).to.equal(1)
    expect(await second.logs()).to.contain('another server has it open')
    expect(await server.sh('as-postgres psql -XAtc "select 1" app')).to.equal('1')
  })
})
