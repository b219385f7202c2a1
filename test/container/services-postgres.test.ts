import { expect } from 'chai'
import { execa } from 'execa'
import { until } from '../helpers/until.ts'
import { buildLike, getPage, statusOf, watchHealth } from './like-images.ts'
import type { ServerContainer } from './server-container.ts'
import { removeServers, startServer } from './server-images.ts'

/** How often the sidecar is killed: 5 minutes in a long run. */
const kills = process.env.WW_LONG ? 300 : 5

const exporterPid = `ww status | awk -F '\\t' '$1 == "service: serve-exporter" { print $4 }'`

/** Kills the sidecar every second, so many times; a second in which it does not run does not count. */
function killExporter(server: ServerContainer, times: number): Promise<string> {
  const kill = `pid=$(${exporterPid}); [ -z "$pid" ] || ! kill -9 "$pid" || killed=$((killed + 1))`
  return server.sh(`killed=0; while [ $killed -lt ${times} ]; do sleep 1; ${kill}; done`)
}

/** A session of psql that stays open: resolves each query with the line that it prints. */
function openSession(server: ServerContainer): {
  query(sql: string): Promise<string>
  end(): Promise<number>
} {
  const psql = execa('docker', ['exec', '-i', server.id, 'psql', '-XqAt', 'postgres'], {
    buffer: false,
    reject: false,
  })
  const lines = psql.iterable()
  return {
    async query(sql) {
      psql.stdin.write(`${sql};\n`)
      const { value } = await lines.next()
      return String(value)
    },
    async end() {
      psql.stdin.end()
      return (await psql).exitCode ?? -1
    },
  }
}

describe('the postgres skeleton', function () {
  this.timeout(900_000)
  let image = ''
  before(async () => {
    image = await buildLike('postgres')
  })
  afterEach(removeServers)

  it(`is not affected when its metrics sidecar is killed every second, ${kills} times`, async () => {
    const restart = { limit: 1000, backoff: '100ms', backoff_max: '500ms' }
    const server = await (await startServer(image, { ww: { restart } })).isUp()
    const database = await statusOf(server, 'serve')
    const session = openSession(server)
    const identity = `select pg_backend_pid() || ' ' || pg_postmaster_start_time()`
    const before = await session.query(identity)
    expect(await session.query('create temp table kept as select 42 as n; select n from kept')).to.equal('42')
    const health = await watchHealth(server)

    await killExporter(server, kills)

    await until(async () => (await statusOf(server, 'serve-exporter')).state === 'ready', 'it runs again')
    expect(await health.end(), 'the instance was UP and ready all the time').to.deep.equal(['UP'])
    expect(await session.query(identity)).to.equal(before)
    expect(await session.query('select n from kept')).to.equal('42')
    expect(await session.end()).to.equal(0)
    expect(await statusOf(server, 'serve')).to.deep.equal(database)
    expect((await statusOf(server, 'serve-exporter')).restarts).to.equal(kills)
    expect(await server.sh(getPage('/metrics', 9187))).to.match(
      /^HTTP\/1.0 200 OK\r\n[\s\S]*\npg_connections \d+\n/,
    )
    expect((await server.logs()).match(/serve-exporter: was killed by SIGKILL/g)).to.have.length(kills)
  })

  it('stays UP with a sidecar that has failed for good, until that is started', async () => {
    const restart = { limit: 2, backoff: '100ms', backoff_max: '10m' }
    const server = await (await startServer(image, { ww: { restart } })).isUp()
    const health = await watchHealth(server)
    await killExporter(server, 3)
    await until(async () => (await statusOf(server, 'serve-exporter')).state === 'failed', 'it has failed')
    expect(await server.sh('ww why')).to.contain('serve-exporter')
    expect(await server.sh('ww restart exporter')).to.match(/^serve-exporter: ready after .* \(pid \d+\)$/)
    expect(await health.end()).to.deep.equal(['UP'])
    expect(await server.stop()).to.equal('0')
    expect(await server.logs())
      .to.contain('database system is shut down')
      .and.contain('nothing was killed')
  })

  it('gives the application its password before UP, and lets nobody in with another one', async () => {
    const server = await (await startServer(image, { password: `o'l"d \\$x` })).isUp()
    const login = 'psql -XAtc "select current_user" -h "$(hostname -i)" -U app app'
    expect(await server.sh(login, '-e', `PGPASSWORD=o'l"d \\$x`)).to.equal('app')
    expect((await server.try(login, '-e', 'PGPASSWORD=wrong')).stderr).to.contain(
      'password authentication failed',
    )
    expect(await server.logs()).not.to.contain(`o'l"d`)
  })
})
