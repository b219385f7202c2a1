import { expect } from 'chai'
import { startMounted } from './mounted-hooks.ts'
import { makeVolume, removeServers } from './server-images.ts'

describe('/data on a volume', () => {
  afterEach(removeServers)

  it('is initialised once and survives the replacement of the container', async () => {
    const hooks = { firstboot: 'date +%s%N > /data/born', svcup: 'cat /data/born' }
    const options = ['-v', `${await makeVolume()}:/data`]
    const first = await startMounted(hooks, { options })
    await first.printed(/ UP: /)
    const born = await first.sh('cat /data/born')
    await first.stop()
    const second = await startMounted(hooks, { options })
    await second.printed(/ UP: /)
    expect(await second.sh('cat /data/born')).to.equal(born)
    expect(await second.logs()).not.to.contain('FIRSTBOOT')
  })

  it('is never initialised by two containers at once; docker kill frees the one that waits, and it starts afresh', async () => {
    const hooks = { firstboot: 'echo "retry=$WW_FIRSTBOOT_RETRY"; [ -e /data/go ] || sleep 1000' }
    const options = ['-v', `${await makeVolume()}:/data`]
    const first = await startMounted(hooks, { options, cfg: { ww: { instance: 'first' } } })
    await first.printed(/retry=/)
    const second = await startMounted(hooks, { options })
    const log = await second.printed(/ waiting for /)
    expect(log).to.match(/ waiting for \/data: instance first has been initialising it for /)
    expect(log).not.to.contain('retry=')
    await second.sh('touch /data/go')
    await first.kill()
    await second.printed(/ UP: /)
    expect(await second.printed(/retry=1/)).to.contain('retry=1')
  })

  it('reports to the next container of the same instance that the last one crashed', async () => {
    const mounting = {
      cfg: { ww: { instance: 'db' } },
      options: ['-v', `${await makeVolume()}:/data`],
    }
    const first = await startMounted({}, mounting)
    await first.printed(/ UP: /)
    await first.kill()
    const second = await startMounted({}, mounting)
    const log = await second.printed(/ UP: /)
    expect(log).to.contain(' BOOT: started after a crash (')
    const [boot = ''] = (await second.sh('ww events --json')).split('\n')
    expect(JSON.parse(boot).crash).to.include({ state: 'UP' })
  })
})
