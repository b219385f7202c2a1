import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { startMounted } from './mounted-hooks.ts'
import { removeServers } from './server-images.ts'

const orphans = 'i=0; while [ $i -lt 1000 ]; do (sleep 0.01 &); i=$((i+1)); done; echo made > /tmp/made'
const zombies = `grep -l '^State:.Z' /proc/[0-9]*/status 2>/dev/null | wc -l`

describe('orphans in a container', () => {
  afterEach(removeServers)

  for (const [how, options] of [
    ['as PID 1', []],
    ['under docker run --init', ['--init']],
  ] as const) {
    it(`are reaped, ${how}: none of 1,000 stays a zombie`, async () => {
      const container = await (await startMounted({ svcup: orphans }, { options })).isUp()
      expect(await container.sh('cat /tmp/made')).to.equal('made')
      await until(async () => (await container.sh(zombies)).trim() === '0', 'no zombie is left')
      expect(await container.stop()).to.equal('0')
    })
  }
})
