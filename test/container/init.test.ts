import { expect } from 'chai'
import { docker, makeFiles, removeServers, startServer } from './server-images.ts'

const base = process.env.WW_IMAGE ?? 'whaleware'

/** Has the whaleware image itself write the skeleton, and builds it; resolves with the name of the image. */
async function buildSkeleton(): Promise<string> {
  const directory = makeFiles({})
  await docker('run', '--rm', '-v', `${directory}:/out`, '--entrypoint', '/ww/ww', base, 'init', '/out/new')
  await docker('build', '-q', '-t', 'whaleware-test-init', '--build-arg', `BASE=${base}`, `${directory}/new`)
  return 'whaleware-test-init'
}

describe('the skeleton of ww init', () => {
  afterEach(removeServers)

  it('is built by docker build as the image writes it, boots, responds and stops', async () => {
    const container = await (await startServer(await buildSkeleton(), { greeting: 'ahoj' })).isUp()
    expect(await container.logs()).to.contain('greeting = ahoj: put your server into /ww/usr/serve')
    expect(await container.sh('ww monitor')).to.equal('{"messages":0}')
    expect(await container.sh('ww check 2>&1')).to.equal(
      '0 errors, 0 warnings in 10 hooks, 1 template, 1 configuration file',
    )
    expect(await container.sh('ww events | cut -f 3')).to.equal('BOOT\nFIRSTBOOT\nUPGRADING\nWARMUP\nUP')
    expect(
      await container.sh('/ww/usr/backup && ls /backup', '-e', 'WW_DATA=/data', '-e', 'WW_BACKUP=/backup'),
    ).to.match(/^[\dT-]+\.tar\.gz$/)
    expect(await container.stop()).to.equal('0')
  })
})
