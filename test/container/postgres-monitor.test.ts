import { expect } from 'chai'
import { buildServer, removeServers, startServer } from './server-images.ts'

describe('PostgreSQL image: monitor', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('prints the numbers of the database as one JSON object, and fails when the server does not answer', async () => {
    const image = await buildServer('postgres')
    const server = await (await startServer(image, { password: 'secret', max_connections: 33 })).isUp()
    const before = JSON.parse(await server.sh('/ww/usr/monitor'))
    await server.sh('as-postgres psql -Xc "create table t as select generate_series(1, 100000) n" app')
    await server.sh(`as-postgres psql -Xc 'select pg_sleep(600)' app`, '-d')
    await server.sh(
      'until [ "$(as-postgres psql -XAtc "select count(*) from pg_stat_activity where query ~ \'^select pg_sleep\'" app)" = 1 ]; do :; done',
    )
    const after = JSON.parse(await server.sh('/ww/usr/monitor'))
    expect(after.max_connections).to.equal(33)
    expect(after.connections).to.equal(before.connections + 1)
    expect(after.active).to.equal(2)
    expect(after.transactions).to.be.above(before.transactions)
    expect(after.database_bytes).to.be.above(before.database_bytes + 1_000_000)
    expect(after.cache_hit_ratio).to.be.within(0.01, 1)
    const failed = await server.sh('PGHOST=/nowhere /ww/usr/monitor').then(
      () => false,
      () => true,
    )
    expect(failed).to.equal(true)
  })
})
