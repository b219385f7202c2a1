import { expect } from 'chai'
import { startMounted } from './mounted-hooks.ts'
import { removeServers } from './server-images.ts'

describe('stats of a million bytes', () => {
  afterEach(removeServers)

  it('are whole on the standard input of pushstats, in ww status and in ww monitor, also in a pipe', async () => {
    const hooks = {
      serve: 'exec sleep 1000',
      monitor: `printf '{"a":"%0999992d"}' 1`,
      pushstats: 'printf "pushed %s\\n" "$(wc -c)"',
    }
    const container = await startMounted(hooks)
    expect(await container.printed(/pushed \d+/)).to.match(/^pushed 1000000$/m)
    expect(await container.logs()).to.not.match(/warning|RESTARTING/)
    // a reader that is slow leaves the pipe full
    for (const verb of ['ww monitor', 'ww status --json'])
      expect(Number(await container.sh(`${verb} | { sleep 1; wc -c; }`)), verb).to.be.above(999_999)
    expect(await container.stop()).to.equal('0')
  })
})
