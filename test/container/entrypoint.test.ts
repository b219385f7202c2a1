import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { execa } from 'execa'
import { repeat } from '../helpers/repeat.ts'
import { beginAll } from './begin-all.ts'
import { startMounted } from './mounted-hooks.ts'
import type { Ended } from './server-container.ts'
import { base, removeServers } from './server-images.ts'

/** What `docker run IMAGE …` does in the end. */
async function dockerRun(...command: string[]): Promise<Ended> {
  const {
    exitCode = -1,
    stdout,
    stderr,
  } = await execa('docker', ['run', '--rm', base, ...command], {
    reject: false,
  })
  return { code: exitCode, stdout, stderr }
}

/** A command after the image, and what is expected of it. */
type Case = readonly [command: string[], code: number, stdout: RegExp, stderr: RegExp]

const nothing = /^$/
const cases: readonly Case[] = [
  [['bash', '-c', 'echo hi'], 0, /^hi$/, nothing],
  [['sh', '-c', 'exit 7'], 7, nothing, nothing],
  [['sh', '-c', 'kill -TERM $$'], 143, nothing, nothing],
  [['ww', '--version'], 0, /^whaleware \d+\.\d+\.\d+ \(.+\)$/, nothing],
  [['--version'], 0, /^whaleware \d+\.\d+\.\d+ \(.+\)$/, nothing],
  [['ww', '--help'], 0, /^Usage: ww VERB /, nothing],
  [['--help'], 0, /^Usage: ww VERB /, nothing],
  [['-h'], 0, /^Usage: ww VERB /, nothing],
  [['ww', 'run', '--help'], 0, /^Usage: ww run/, nothing],
  [['ww', 'check', '--help'], 0, /^Usage: ww check /, nothing],
  [['ww'], 2, nothing, /^Usage: ww VERB /],
  [['ww', 'statsu'], 2, nothing, /^ww: no verb "statsu"; did you mean status\? ww --help lists them$/],
  [['no-such-command'], 127, nothing, /^ww: .*no-such-command.*$/],
]

describe('docker run IMAGE', () => {
  let ended: (one: Case) => Promise<Ended>
  before(() => {
    ended = beginAll(cases, 4, ([command]) => dockerRun(...command))
  })

  for (const one of cases) {
    const [command, code, stdout, stderr] = one
    it(`${command.join(' ')} ends with exit code ${code}, and prints on the right stream`, async () => {
      const end = await ended(one)
      expect(end, JSON.stringify(end)).to.include({ code })
      expect(end.stdout).to.match(stdout)
      expect(end.stderr).to.match(stderr)
    })
  }
})

describe('SIGTERM just after docker start', function () {
  this.timeout(600_000)
  afterEach(removeServers)

  it('leads to exit code 0, and stops services that were started', async () => {
    const hooks = { svcup: 'echo started', serve: 'exec sleep 1000', svcdown: 'echo stopped' }
    const container = await startMounted(hooks, { verb: 'create', cfg: { ww: { stop: { grace: '60s' } } } })
    const times = repeat(10, 60)
    let dropped = 0
    for (let time = 0; time < times; time += 1) {
      const wait = Math.round((60 * time) / (times - 1))
      await container.start()
      await delay(wait)
      await container.kill('TERM')
      const ended = container.exitCode()
      // the kernel drops what is sent to PID 1 before its first instructions: such a one is sent again
      if ((await Promise.race([ended, delay(20_000, null, { ref: false })])) === null) {
        dropped += 1
        await container.kill('TERM')
      }
      expect(await ended, `SIGTERM after ${wait} ms`).to.equal(0)
    }
    expect(dropped, 'signals that the kernel dropped').to.be.at.most(times / 5)
    const log = await container.logs()
    const count = (text: string): number => log.split('\n').filter((line) => line === text).length
    // svcup itself may be ended before its first word
    expect(count('stopped'), log).to.be.at.least(count('started'))
    expect(count('started'), log).to.be.greaterThan(0)
  })
})
