import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { startMounted } from './mounted-hooks.ts'
import type { ServerContainer } from './server-container.ts'
import { makeVolume, removeServers } from './server-images.ts'

const serve = 'exec sleep 1000'
/** Nothing listens there. */
const notify = { url: 'http://127.0.0.1:9/' }

/** A receiver in a container of its own, which writes down what it receives. */
const receiver = `require("http").createServer((request, response) => {
  request.setEncoding("utf8").on("data", (part) => require("fs").appendFileSync("/tmp/received", part))
  request.on("end", () => { require("fs").appendFileSync("/tmp/received", "\\n"); response.end() })
}).listen(9, "127.0.0.1")`

describe('instances that share /data', () => {
  afterEach(removeServers)

  const start = async (
    volume: string,
    instance: string,
    hooks: Record<string, string>,
    ww: object = {},
  ): Promise<ServerContainer> =>
    startMounted(hooks, { cfg: { ww: { instance, ...ww } }, options: ['-v', `${volume}:/data`] })

  it('are all UP, and only one of them initialises it', async () => {
    const volume = await makeVolume()
    const firstboot = `mkdir /data/busy || echo overlaps >>/data/log; echo "$WW_INSTANCE" >>/data/log; sleep 1; rmdir /data/busy`
    const upgrade = 'mkdir /data/busy || echo overlaps >>/data/log; sleep 0.2; rmdir /data/busy'
    const names = ['one', 'two', 'three']
    const all = await Promise.all(names.map((name) => start(volume, name, { serve, firstboot, upgrade })))
    for (const one of all) await one.printed(/ UP: /)
    for (const one of all) expect(await one.sh('ww health')).to.equal('UP')
    const [first = all[0]] = all
    const log = (await first?.sh('cat /data/log'))?.split('\n') ?? []
    expect(log).to.have.length(1)
    expect(names).to.include(log[0])
    for (const one of all) expect(await one.stop()).to.equal('0')
  })

  it('each report their own crash alone', async () => {
    const volume = await makeVolume()
    const one = await start(volume, 'one', { serve })
    const two = await start(volume, 'two', { serve })
    await one.printed(/ UP: /)
    await two.printed(/ UP: /)
    await one.kill()
    await two.stop()
    await two.start()
    await two.printed(/ STOPPED: [\s\S]* UP: /)
    await one.start()
    await one.printed(/ UP: [\s\S]* UP: /)
    expect(await two.logs()).to.not.contain('crash')
    expect(await one.logs()).to.contain(' BOOT: started after a crash ')
    const crashOf = async (container: ServerContainer): Promise<unknown> =>
      JSON.parse(await container.sh('ww status --json')).crash
    expect(await crashOf(one)).to.include({ state: 'UP' })
    expect(await crashOf(two)).to.equal(null)
  })

  it('keep their undelivered events apart, and a boot sends those of an instance that is dead', async () => {
    const volume = await makeVolume()
    const dead = await start(volume, 'dead', { serve }, { notify })
    await dead.printed(/ UP: /)
    const alive = await start(volume, 'alive', { serve }, { notify })
    await alive.printed(/ UP: /)
    await dead.kill()
    const third = await start(volume, 'third', { serve: `exec /test/node -e '${receiver}'` }, { notify })
    await third.printed(/ UP: /)
    const received = async (): Promise<string> => third.sh('cat /tmp/received 2>/dev/null || true')
    const states = async (instance: string): Promise<string[]> =>
      (await received())
        .split('\n')
        .filter((line) => line.includes(`"${instance}"`))
        .flatMap((line) => /"state":"([A-Z]+)"/.exec(line)?.[1] ?? [])
    const boot = ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'UP']
    await until(
      async () => (await states('dead')).length >= boot.length,
      'those of the dead one arrive',
      60_000,
    )
    await until(async () => (await states('third')).includes('UP'), 'its own arrive', 60_000)
    expect(await states('dead')).to.deep.equal(boot)
    expect(await states('alive')).to.deep.equal([])
    expect(await alive.stop()).to.equal('0')
  })
})
