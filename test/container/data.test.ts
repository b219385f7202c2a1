import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { buildHooks } from './hooks-image.ts'
import { docker, makeVolume, removeServers, startServer } from './server-images.ts'

describe('/data on a volume', () => {
  afterEach(removeServers)

  it('is initialised once and survives the replacement of the container', async () => {
    const image = await buildHooks({ firstboot: 'date +%s%N > /data/born', svcup: 'cat /data/born' })
    const volume = `${await makeVolume()}:/data`
    const first = await (await startServer(image, {}, '-v', volume)).isUp()
    const born = await first.sh('cat /data/born')
    await first.stop()
    const second = await (await startServer(image, {}, '-v', volume)).isUp()
    expect(await second.sh('cat /data/born')).to.equal(born)
    expect(await second.logs()).not.to.contain('FIRSTBOOT')
  })

  it('is never initialised by two containers at once; docker kill frees the one that waits, and it starts afresh', async () => {
    const image = await buildHooks({
      firstboot: 'echo "retry=$WW_FIRSTBOOT_RETRY"; [ -e /data/go ] || sleep 1000',
    })
    const volume = `${await makeVolume()}:/data`
    const first = await startServer(image, {}, '-v', volume)
    await until(async () => (await first.logs()).includes('retry='), 'the first one is in firstboot')
    const second = await startServer(image, {}, '-v', volume)
    await until(async () => (await second.logs()).includes('which is changing /data'), 'the second one waits')
    expect(await second.logs()).not.to.contain('retry=')
    await second.sh('touch /data/go')
    await docker('kill', first.id)
    await second.isUp()
    expect(await second.logs()).to.contain('retry=1')
  })

  it('tells the next container that the last one crashed', async () => {
    const image = await buildHooks({ lifecycle: ':' })
    const volume = `${await makeVolume()}:/data`
    const first = await (await startServer(image, {}, '-v', volume)).isUp()
    await docker('kill', first.id)
    const second = await (await startServer(image, {}, '-v', volume)).isUp()
    const [boot = ''] = (await second.sh('cat /run/ww/events.ndjson')).split('\n')
    expect(JSON.parse(boot).crash).to.include({ state: 'UP' })
  })
})
