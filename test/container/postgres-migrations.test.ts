import { expect } from 'chai'
import { buildFrom, buildServer, makeVolume, removeServers, startServer } from './server-images.ts'

const people = {
  'migrations/001_people.sql': "create table people (name text);\ninsert into people values ('Ada')",
}
const more = { 'migrations/002_more.sql': "insert into people values ('Grace')" }
const broken = { 'migrations/003_broken.sql': "insert into people values ('Nobody');\nselect 1 / 0" }
const names = `as-postgres psql -XAtc 'select string_agg(name, $$ $$ order by name) from people' app`
const applied = `as-postgres psql -XAtc 'select string_agg(name, $$ $$ order by name) from whaleware.migrations' app`

describe('PostgreSQL image: data and migrations', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  const buildVersion = (version: string, migrations: Record<string, string>): Promise<string> =>
    buildFrom(`whaleware-test-people:${version}`, {
      Dockerfile: `FROM whaleware-test-postgres\nCOPY migrations/ /ww/files/migrations/\nENV WW_VERSION=${version}\n`,
      ...migrations,
    })

  it('keeps rows when the container is replaced, and applies each migration once, those of a newer image too', async () => {
    await buildServer('postgres')
    const first = await buildVersion('1', people)
    const second = await buildVersion('2', { ...people, ...more })
    const volume = `${await makeVolume()}:/data`
    const cfg = { password: 'secret' }

    const one = await (await startServer(first, cfg, '-v', volume)).isUp()
    await one.sh(`as-postgres psql -XqAtc "insert into people values ('Edsger')" app`)
    await one.stop()
    await one.remove()

    const again = await (await startServer(first, cfg, '-v', volume)).isUp()
    expect(await again.sh(names)).to.equal('Ada Edsger')
    expect(await again.logs()).not.to.contain('applying migration')
    await again.stop()
    await again.remove()

    const newer = await (await startServer(second, cfg, '-v', volume)).isUp()
    expect(await newer.sh(names)).to.equal('Ada Edsger Grace')
    expect(await newer.sh(applied)).to.equal('001_people 002_more')
    expect((await newer.logs()).match(/applying migration \S+/g)).to.deep.equal([
      'applying migration 002_more',
    ])
  })

  it('stops the boot at a migration that fails, and leaves nothing of it behind', async () => {
    await buildServer('postgres')
    const bad = await buildVersion('2', { ...people, ...broken })
    const good = await buildVersion('3', people)
    const volume = `${await makeVolume()}:/data`
    const failing = await startServer(bad, { password: 'secret' }, '-v', volume)
    expect(await failing.exitCode()).to.equal(1)
    expect(await failing.logs()).to.contain('division by zero')
    const mended = await (await startServer(good, { password: 'secret' }, '-v', volume)).isUp()
    expect(await mended.sh(names)).to.equal('Ada')
  })

  it('refuses an image older than the data', async () => {
    await buildServer('postgres')
    const older = await buildVersion('1', people)
    const newer = await buildVersion('2', { ...people, ...more })
    const volume = `${await makeVolume()}:/data`
    const first = await (await startServer(newer, { password: 'secret' }, '-v', volume)).isUp()
    await first.stop()
    const second = await startServer(older, { password: 'secret' }, '-v', volume)
    expect(await second.exitCode()).to.equal(1)
    expect(await second.logs()).to.contain(
      'ERROR: cannot use /data: version 2 used it last, this image is 1; use the newer image',
    )
  })
})
