import { expect } from 'chai'
import { buildHooks } from './hooks-image.ts'
import { docker, makeFiles, removeServers, startServer } from './server-images.ts'

describe('the configuration of a container', () => {
  afterEach(removeServers)

  it('comes by -e, by file and by secret', async () => {
    const image = await buildHooks({ svcup: 'echo "$(ww cfg a) $(ww cfg b) $(ww cfg password)"' })
    const files = makeFiles({ 'cfg.json': '{"a": "file", "b": "file"}', password: 'pass word\n' })
    const mounts = ['-v', `${files}:/run/secrets:ro`, '-e', 'CFG_FILE=/run/secrets/cfg.json']
    const cfg = { a: 'by -e', password: { $file: '/run/secrets/password' } }
    const container = await (await startServer(image, cfg, ...mounts)).isUp()
    expect(await container.logs()).to.contain('by -e file pass word')
  })

  it('that is wrong is one line and exit 78', async () => {
    const image = await buildHooks({ boot: 'echo ran' })
    const container = await startServer(image, { ww: { monitr: {} } })
    expect(await container.exitCode()).to.equal(78)
    expect(await container.logs()).to.match(
      /^ww.*: CFG: ww\.monitr is not a setting; did you mean ww\.monitor\?$/,
    )
    expect(await docker('logs', container.id)).to.equal('')
  })
})
