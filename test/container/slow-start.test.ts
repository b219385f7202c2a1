import { expect } from 'chai'
import { startMounted } from './mounted-hooks.ts'
import { removeServers } from './server-images.ts'

/** A server that listens 3 s after it was started, and prints so before it does. */
const server = `setTimeout(() => {
  require("fs").writeSync(2, "the server listens\\n")
  require("net").createServer((socket) => socket.end()).listen(8080)
}, 3000)`

const hooks = {
  serve: `echo $$ >/tmp/serve.pid; exec /test/node -e '${server}'`,
  monitor: `#!/bin/bash\nexec 3<>/dev/tcp/127.0.0.1/8080 && echo '{"connected":true}'`,
}

describe('a server that takes 3 s to start', () => {
  afterEach(removeServers)

  it('and is killed once is restarted once, and UP only when it listens again, without a warmup hook', async () => {
    const container = await startMounted(hooks, { options: ['--restart', 'on-failure:3'] })
    await container.printed(/ UP: /)
    await container.sh('kill -9 "$(cat /tmp/serve.pid)"')
    const log = await container.printed(/ RESTARTING: [\s\S]* (UP|ERROR|STOPPED): /)
    const story = log.match(/the server listens| (BOOT|UP|RESTARTING|ERROR): /g)?.map((part) => part.trim())
    const listens = 'the server listens'
    expect(story, log).to.deep.equal(['BOOT:', listens, 'UP:', 'RESTARTING:', listens, 'UP:'])
    expect(log).to.contain(' RESTARTING: serve was killed by SIGKILL (restart 1 of 5 within 10 min)\n')
    // nothing was announced too early that another restart would have to correct
    expect(await container.sh('ww monitor')).to.equal('{"connected":true}')
    const states = await container.sh('ww events | cut -f 3')
    const boot = ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP', 'UP']
    expect(states.split('\n')).to.deep.equal([...boot, 'RESTARTING', 'UP'])
    expect(await container.inspect('.RestartCount')).to.equal('0')
    expect(await container.stop()).to.equal('0')
  })
})
