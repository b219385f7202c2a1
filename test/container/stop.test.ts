import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { startHooks } from './hooks-image.ts'
import { removeServers } from './server-images.ts'

const busy = 'exec sleep 1000'
const everywhere: [state: string, hooks: Record<string, string>][] = [
  ['BOOT', { boot: busy }],
  ['FIRSTBOOT', { firstboot: busy }],
  ['UPGRADING', { upgrade: busy }],
  ['WARMUP', { warmup: busy }],
  ['UP', { serve: busy }],
  ['RESTARTING', { monitor: 'exit 1', svcup: `[ "$WW_STATE" = RESTARTING ] || exit 0; ${busy}` }],
]

describe('docker stop', () => {
  afterEach(removeServers)

  for (const [state, hooks] of everywhere) {
    it(`in ${state} ends with exit 0 within the grace, and nothing is killed from outside`, async () => {
      const container = await startHooks(hooks)
      await until(async () => (await container.logs()).includes(` ${state}: `), `it reaches ${state}`)
      expect(await container.stop()).to.equal('0')
      expect(await container.inspect('.State.OOMKilled')).to.equal('false')
      expect((await container.logs()).trim().split('\n').at(-1)).to.match(/ stopped in \d\.\d\d s/)
    })
  }

  it('ends a daemon with a session of its own that ignores SIGTERM, and its log names it', async () => {
    const daemon = `setsid sh -c 'trap "" TERM; while :; do sleep 1; done' & exit 0`
    for (const options of [[], ['--init']]) {
      const container = await (await startHooks({ svcup: daemon }, {}, ...options)).isUp()
      expect(await container.stop()).to.equal('0')
      expect((await container.logs()).trim().split('\n').at(-1)).to.match(/had to kill .*sh \(\d+\)/)
    }
  })
})
