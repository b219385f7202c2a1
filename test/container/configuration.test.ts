import { expect } from 'chai'
import { startMounted } from './mounted-hooks.ts'
import { docker, makeFiles, removeServers } from './server-images.ts'

describe('the configuration of a container', () => {
  afterEach(removeServers)

  it('comes by -e, by file and by secret', async () => {
    const files = makeFiles({ 'cfg.json': '{"a": "file", "b": "file"}', password: 'pass word\n' })
    const options = ['-v', `${files}:/run/secrets:ro`, '-e', 'CFG_FILE=/run/secrets/cfg.json']
    const cfg = { a: 'by -e', password: { $file: '/run/secrets/password' } }
    const svcup = 'echo "$(ww cfg a) $(ww cfg b) $(ww cfg password)"'
    const container = await startMounted({ svcup }, { cfg, options })
    // the two streams of a container arrive in any order
    await container.printed(/^by -e file pass word$/m)
    await container.printed(/ UP: /)
  })

  it('that is wrong is one line and exit 78, and nothing is run', async () => {
    const container = await startMounted({ boot: 'echo ran' }, { cfg: { ww: { monitr: {} } } })
    expect(await container.exitCode()).to.equal(78)
    expect(await container.logs()).to.match(
      /^ww \S+ \S+Z error: CFG: ww\.monitr is not a setting; did you mean ww\.monitor\?\n$/,
    )
    expect(await docker('logs', container.id)).to.equal('')
  })
})
