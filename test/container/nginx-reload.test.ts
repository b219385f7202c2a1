import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import type { ServerContainer } from './server-container.ts'
import { buildServer, removeServers, startServer } from './server-images.ts'

const site = (text: string): string => `server { listen 8081; location / { return 200 "${text}"; } }`
const answer = (server: ServerContainer): Promise<string> =>
  server.sh('curl -sS http://localhost:8081/ || true')
const workers = async (server: ServerContainer): Promise<string[]> =>
  (await server.sh('pidof nginx')).trim().split(' ')

describe('nginx image: a change of its configuration', function () {
  this.timeout(300_000)
  afterEach(removeServers)

  it('takes effect by itself, and a slow download that is under way arrives whole', async () => {
    const image = await buildServer('nginx')
    const server = await (await startServer(image, { reload_every: 1, workers: 1 })).isUp()
    // larger than what the sockets' buffers hold, so that the old worker is needed to the end
    await server.sh('head -c 60000000 /dev/urandom >/srv/www/big')
    expect(await workers(server), 'master and worker').to.have.length(2)
    const download = server.sh(
      'curl -sS --limit-rate 10000000 -o /tmp/big http://localhost/big && cmp /tmp/big /srv/www/big',
    )
    await until(async () => (await server.sh('ls /tmp')).includes('big'), 'the download has begun')
    await server.sh(`echo '${site('new')}' >/config/site.conf`)
    await until(async () => (await answer(server)) === 'new', 'the new configuration serves')
    expect(await workers(server), 'master, new worker, old worker with the download').to.have.length(3)
    await download
    await until(async () => (await workers(server)).length === 2, 'the old worker has ended')
  })

  it('that is not valid is refused with its reason, and the old one goes on', async () => {
    const image = await buildServer('nginx')
    const server = await (await startServer(image, { reload_every: 0 })).isUp()
    await server.sh(`echo '${site('good')}' >/config/site.conf; /ww/usr/reload`)
    await until(async () => (await answer(server)) === 'good', 'the good configuration serves')
    const refused = await server
      .sh(`echo 'server {' >/config/site.conf; /ww/usr/reload`)
      .catch((error: Error) => error.message)
    expect(refused).to.contain('unexpected end of file').and.contain('keeps serving')
    expect(await answer(server)).to.equal('good')
  })

  it('and docker stop lets a download end', async () => {
    const image = await buildServer('nginx')
    const server = await (await startServer(image, { workers: 1 })).isUp()
    await server.sh('head -c 60000000 /dev/urandom >/srv/www/big; cksum </srv/www/big >/tmp/sum')
    // slow on the server's side: what waits in the sockets' buffers dies with the container's network
    const slow = 'server { listen 8081; root /srv/www; limit_rate 20m; }'
    await server.sh(`echo '${slow}' >/config/site.conf; /ww/usr/reload`)
    // in a container of its own, which lives on
    const address = await server.inspect('.NetworkSettings.IPAddress')
    const client = await (await startServer(image, {})).isUp()
    const download = client.sh(`curl -sS --max-time 60 http://${address}:8081/big | cksum`)
    await until(
      async () => (await server.sh('/ww/usr/monitor')).includes('"writing":2'),
      'the download has begun',
    )
    const expected = await server.sh('cat /tmp/sum')
    expect(await server.stop()).to.equal('0')
    expect(await download).to.equal(expected)
    expect(await server.logs()).to.contain('nothing was killed')
  })
})
