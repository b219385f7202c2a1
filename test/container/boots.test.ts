import { expect } from 'chai'
import { repeat } from '../helpers/repeat.ts'
import { startMounted } from './mounted-hooks.ts'
import type { ServerContainer } from './server-container.ts'
import { removeServers } from './server-images.ts'

const times = repeat(5, 30)

/** Each boot needs a while, and its last step before UP writes down which boot it is. */
const hooks = {
  serve: 'exec sleep 1000',
  warmup: 'sleep 0.5; echo "$WW_BOOT_ID" >/tmp/ready',
}

/** Ends an instance that is UP and starts it again, so many times; each time, both verbs have to wait for the new boot. */
async function bootAgain(end: (container: ServerContainer) => Promise<unknown>): Promise<ServerContainer> {
  const container = await startMounted(hooks)
  await container.printed(/ UP: /)
  const boots = [await container.sh('cat /tmp/ready')]
  for (let boot = 1; boot <= times; boot += 1) {
    await end(container)
    await container.start()
    const health = 'until ww health >/dev/null; do sleep 0.02; done; cat /tmp/ready'
    const verbs = [container.sh(health), container.sh('ww wait UP --timeout 60s && cat /tmp/ready')]
    const [byHealth = '', byWait = ''] = await Promise.all(verbs)
    expect(boots, `ww health, boot ${boot}`).to.not.include(byHealth)
    expect(boots, `ww wait UP, boot ${boot}`).to.not.include(byWait)
    boots.push(byHealth)
  }
  return container
}

/** The first state of each boot in a log, with the line after it. */
function startsOf(log: string): string[] {
  const lines = log.split('\n')
  return lines.flatMap((line, index) => (/ BOOT: /.test(line) ? [`${line}\n${lines[index + 1]}`] : []))
}

describe('ww health and ww wait', function () {
  this.timeout(times * 20_000)
  afterEach(removeServers)

  it(`never report the boot before: ${times} times docker kill and start, each reported as a crash`, async () => {
    const container = await bootAgain((one) => one.kill())
    const [first = '', ...others] = startsOf(await container.logs())
    expect(first).to.match(/ BOOT: started \(/)
    expect(others).to.have.length(times)
    for (const start of others) {
      expect(start).to.match(/ BOOT: started after a crash \(/)
      expect(start).to.match(/ warning: the previous boot crashed in UP\b/)
    }
    const { crash } = JSON.parse(await container.sh('ww status --json'))
    expect(crash).to.include({ state: 'UP' })
  })

  it(`never report the boot before: ${times} times docker stop and start, none reported as a crash`, async () => {
    const container = await bootAgain((one) => one.stop())
    const starts = startsOf(await container.logs())
    expect(starts).to.have.length(times + 1)
    for (const start of starts) expect(start).to.match(/ BOOT: started \(/)
    expect(await container.logs()).to.not.contain('warning: the previous boot')
    const { crash } = JSON.parse(await container.sh('ww status --json'))
    expect(crash).to.equal(null)
  })
})
