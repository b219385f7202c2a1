import { join } from 'node:path'
import { expect } from 'chai'
import { buildServer, makeFiles, makeVolume, removeServers, startServer } from './server-images.ts'

describe('PostgreSQL image: password', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  const login = 'psql -XAtc "select current_user" --host "$(hostname -i)" --username app app'

  it('comes from a secret file, any other is refused, and a new one takes effect with the next container', async () => {
    const image = await buildServer('postgres')
    const secrets = makeFiles({ old: `o'l"d \\$x`, new: 'new' })
    const volume = `${await makeVolume()}:/data`
    const start = async (file: string) =>
      (
        await startServer(
          image,
          { password: { $file: '/run/secrets/password' } },
          ...['-v', volume, '-v', `${join(secrets, file)}:/run/secrets/password:ro`],
        )
      ).isUp()
    const refusal = (server: Awaited<ReturnType<typeof start>>, password: string): Promise<string> =>
      server.sh(login, '-e', `PGPASSWORD=${password}`).catch((error: Error) => error.message)

    const first = await start('old')
    expect(await first.sh(login, '-e', `PGPASSWORD=o'l"d \\$x`)).to.equal('app')
    expect(await refusal(first, 'wrong')).to.contain('password authentication failed')
    expect(await first.logs()).not.to.contain(`o'l"d`)
    await first.stop()
    const second = await start('new')
    expect(await second.sh(login, '-e', 'PGPASSWORD=new')).to.equal('app')
    expect(await refusal(second, `o'l"d \\$x`)).to.contain('password authentication failed')
  })

  it('must be given: without one nothing is run', async () => {
    const image = await buildServer('postgres')
    const server = await startServer(image, {})
    expect(await server.exitCode()).to.equal(78)
    expect(await server.logs()).to.contain('password')
  })
})
