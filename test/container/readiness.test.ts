import { resolve } from 'node:path'
import { expect } from 'chai'
import { startMounted } from './mounted-hooks.ts'
import type { ServerContainer } from './server-container.ts'
import { removeServers } from './server-images.ts'

/** What was seen at one time: before and after the look, the hook that ran. */
type Seen = {
  readonly accepted: boolean
  readonly phase: string
  readonly after: string
  readonly readyz: number
  readonly health: number
  readonly state: string
  readonly ready: boolean
}

const slowly = (name: string): string =>
  `echo "$WW_HOOK $WW_STATE|$WW_REASON|$WW_TIME_LEFT|"; echo ${name} >/tmp/phase; sleep 1; echo between >/tmp/phase`
const hooks = {
  serve: 'exec sleep 1000',
  monitor: `echo '{}'`,
  drain: slowly('drain'),
  svcdown: slowly('svcdown'),
  svcup: 'echo svcup >/tmp/phase',
}
const programs = resolve(import.meta.dirname, 'programs')

function startWatched(): Promise<ServerContainer> {
  const options = ['-v', `${programs}:/programs:ro`]
  return startMounted(hooks, { cfg: { ww: { listen: ':9000' } }, options })
}

/** What is seen from the instant at which a request was accepted. */
function watch(container: ServerContainer, request: string): { accepted: Promise<Seen[]> } {
  const line = `/test/node /programs/watch-readiness.mjs ${request}`
  const accepted = container.try(line).then(({ stdout, stderr }) => {
    const lines = stdout.split('\n').filter((text) => text.endsWith('}'))
    const seen = lines.map((text): Seen & { code?: number } => JSON.parse(text))
    expect(seen.find(({ code }) => code !== undefined)?.code, `ww ${request}: ${stderr}`).to.equal(0)
    return seen.filter(({ accepted }) => accepted)
  })
  return { accepted }
}

const describeSeen = ({ phase, readyz, health, state, ready }: Seen): string =>
  `in ${phase}: /readyz ${readyz}, ww health ${health}, ${state} ${ready ? 'ready' : 'not ready'}`
const isReady = ({ readyz, health, ready }: Seen): boolean => readyz === 200 || health === 0 || ready

describe('readiness', () => {
  afterEach(removeServers)

  it('is gone in /readyz, ww health and ww status from the instant at which a stop is accepted', async () => {
    const container = await (await startWatched()).isUp()
    const { accepted } = watch(container, 'stop')
    expect(await container.exitCode()).to.equal(0)
    const seen = await accepted
    expect(seen.filter(isReady).map(describeSeen)).to.deep.equal([])
    for (const hook of ['drain', 'svcdown']) {
      const during = seen.filter(({ phase, after }) => phase === hook && after === hook)
      expect(during.length, `looks while ${hook} ran`).to.be.above(0)
      for (const look of during) expect(look).to.include({ readyz: 503, health: 1, state: 'STOPPING' })
    }
    const [, drain = '', svcdown = ''] =
      /drain STOPPING\|\S.*\|(\d+)\|\n[\s\S]*svcdown STOPPING\|\S.*\|(\d+)\|\n/.exec(
        await container.logs(),
      ) ?? []
    expect(Number(drain)).to.be.within(1, 9)
    expect(Number(svcdown)).to.be.within(1, 9)
  })

  it('is gone from the instant at which a restart is accepted, until the services are UP again', async () => {
    const container = await (await startWatched()).isUp()
    await container.sh('rm /tmp/phase')
    const { accepted } = watch(container, 'restart --no-wait')
    await container.printed(/ RESTARTING: [\s\S]* UP: /)
    await container.isUp()
    expect(await container.stop()).to.equal('0')
    const seen = await accepted
    const restart = seen.slice(0, seen.findIndex(({ after }) => after === 'svcup') + 1)
    expect(
      restart
        .filter(({ after }) => after !== 'svcup')
        .filter(isReady)
        .map(describeSeen),
    ).to.deep.equal([])
    for (const hook of ['drain', 'svcdown']) {
      const during = restart.filter(({ phase, after }) => phase === hook && after === hook)
      expect(during.length, `looks while ${hook} ran`).to.be.above(0)
      for (const look of during) expect(look).to.include({ readyz: 503, health: 1, state: 'RESTARTING' })
    }
    expect(seen.some(isReady), 'it is ready again').to.equal(true)
    expect(await container.logs()).to.match(
      /drain RESTARTING\|\S.*\|\d+\|\n[\s\S]*svcdown RESTARTING\|\S.*\|\d+\|\n/,
    )
  })

  it('never was there when a boot fails, and svcdown has the reason', async () => {
    const container = await startMounted({ ...hooks, warmup: 'exit 4' })
    expect(await container.exitCode()).to.equal(1)
    expect(await container.logs()).to.match(/svcdown FAILING\|warmup exited with code 4\|\d+\|\n/)
  })
})
