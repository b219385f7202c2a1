import { expect } from 'chai'
import { beginAll } from './begin-all.ts'
import { startMounted } from './mounted-hooks.ts'
import { removeServers } from './server-images.ts'

const busy = 'echo busy; exec sleep 1000'
const everywhere: readonly (readonly [state: string, hooks: Record<string, string>])[] = [
  ['BOOT', { boot: busy }],
  ['FIRSTBOOT', { firstboot: busy }],
  ['UPGRADING', { upgrade: busy }],
  ['WARMUP', { warmup: busy }],
  ['UP', { serve: busy }],
  [
    'RESTARTING',
    {
      monitor: '[ ! -e /tmp/monitored ] && touch /tmp/monitored',
      svcup: `[ "$WW_STATE" = RESTARTING ] || exit 0; ${busy}`,
    },
  ],
]

describe('docker stop', () => {
  let stopped: (one: (typeof everywhere)[number]) => Promise<{ code: string; log: string }>
  before(() => {
    stopped = beginAll(everywhere, 3, async ([state, hooks]) => {
      const container = await startMounted(hooks, { cfg: { ww: { monitor: { every: '200ms' } } } })
      await container.printed(/^busy$/m)
      await container.printed(new RegExp(` ${state}: `))
      const code = await container.stop()
      return { code, log: await container.logs() }
    })
  })
  after(removeServers)

  for (const one of everywhere) {
    it(`in ${one[0]} ends with exit code 0, and nothing has to be killed`, async () => {
      const { code, log } = await stopped(one)
      expect(code, log).to.equal('0')
      const lines = log.match(/^ww .*$/gm) ?? []
      expect(lines.at(-1)).to.match(/ exit code 0 after [^;]+; nothing was killed$/)
      expect(lines.at(-2)).to.match(/ STOPPED: SIGTERM$/)
    })
  }

  for (const options of [[], ['--init']]) {
    it(`ends a daemon in a session of its own that ignores SIGTERM, and its log names it (${options.join()})`, async () => {
      const svcup = `setsid sh -c 'trap "" TERM; while :; do sleep 1; done' & exit 0`
      const container = await startMounted({ svcup }, { options })
      await container.printed(/ UP: /)
      expect(await container.stop()).to.equal('0')
      const last = (await container.logs()).match(/^ww .*$/gm)?.at(-1)
      expect(last).to.match(/ exit code 0 after .*; killed sh \(pid \d+\)/)
    })
  }
})
