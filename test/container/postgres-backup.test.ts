import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { buildServer, makeVolume, removeServers, startServer } from './server-images.ts'

describe('PostgreSQL image: backup', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('is made on schedule, keeps the newest ones only, and restores into a fresh container', async () => {
    const image = await buildServer('postgres')
    const backups = `${await makeVolume()}:/backup`
    const cfg = { password: 'secret', backup: { keep: 2 }, ww: { schedule: { backup: '* * * * * *' } } }
    const old = await (await startServer(image, cfg, '-v', backups)).isUp()
    await old.sh(
      'as-postgres psql -Xc "create table t (n int); insert into t select generate_series(1, 1000)" app',
    )
    const made = async (): Promise<number> => (await old.logs()).match(/backed up to/g)?.length ?? 0
    const before = await made()
    await until(async () => (await made()) >= before + 4, 'four backups of the table are made', 60_000)
    await old.stop()

    const fresh = await (await startServer(image, { password: 'secret' }, '-v', backups)).isUp()
    const files = (await fresh.sh('ls -A /backup')).split('\n')
    expect(files).to.have.length(2)
    for (const file of files) expect(file).to.match(/^app-\d{8}T\d{6}Z\.dump$/)
    await fresh.sh(
      `as-postgres pg_restore --exit-on-error --clean --if-exists --dbname=app </backup/${files.at(-1)}`,
    )
    expect(await fresh.sh('as-postgres psql -XAtc "select sum(n) from t" app')).to.equal('500500')
  })

  it('leaves no half file when it fails, and keeps the backups there are', async () => {
    const image = await buildServer('postgres')
    const server = await (await startServer(image, { password: 'secret' })).isUp()
    const backup = 'WW_BACKUP=/backup /ww/usr/backup'
    await server.sh(backup)
    const files = await server.sh('ls -A /backup')
    await server.sh('as-postgres psql -Xc "alter database app allow_connections false" postgres')
    const failed = await server.sh(backup).then(
      () => false,
      () => true,
    )
    expect(failed).to.equal(true)
    expect(await server.sh('ls -A /backup')).to.equal(files)
  })
})
