import { copyFileSync } from 'node:fs'
import { expect } from 'chai'
import { startMounted } from './mounted-hooks.ts'
import { base, docker, makeFiles, removeServers } from './server-images.ts'

/** A hook that has become root, so that an instance of another user may not even send it a signal. */
const unkillable = `exec become-root -e '
  process.setuid(0)
  process.on("SIGTERM", () => {})
  console.log("nobody but root can kill this")
  setInterval(() => {}, 1000)'`

describe('a process that cannot be killed', () => {
  let image: string
  before(async () => {
    image = 'whaleware-test-unkillable'
    const become = 'COPY node /usr/local/bin/become-root\nRUN chmod 4755 /usr/local/bin/become-root'
    const directory = makeFiles({ Dockerfile: `FROM ${base}\n${become}\n` })
    copyFileSync(process.execPath, `${directory}/node`)
    await docker('build', '-q', '-t', image, directory)
  })
  afterEach(removeServers)

  const start = (hooks: Record<string, string>, ww: object = {}) =>
    startMounted(hooks, { image, cfg: { ww }, options: ['--user', '12345'] })

  it('does not hold up a boot: its hook times out, and the instance ends in ERROR', async () => {
    const container = await start({ boot: unkillable }, { timeouts: { boot: '2s' } })
    expect(await container.exitCode()).to.equal(1)
    expect(await container.logs()).to.match(/ ERROR: boot timed out after 2 s and could not be killed\n/)
  })

  it('does not hold up a stop, whose log names it', async () => {
    const container = await start({ boot: unkillable })
    await container.printed(/nobody but root/)
    expect(await container.stop()).to.equal('0')
    const log = await container.logs()
    expect(log).to.match(/ warning: SIGKILL did not end \S+ \(pid \d+\)/)
    expect(log).to.match(/ STOPPED: SIGTERM\n/)
  })

  it('does not hold up a restart: it is abandoned, and the service is started anew', async () => {
    const container = await start({ serve: unkillable }, { timeouts: { svcdown: '2s' } })
    await container.printed(/nobody but root/)
    await container.sh('ww restart')
    const log = await container.logs()
    expect(log).to.match(/ warning: serve: SIGKILL did not end it \(pid \d+\), abandoned after /)
    expect(log.match(/ UP: /g)).to.have.length(2)
    expect(await container.stop()).to.equal('0')
  })
})
