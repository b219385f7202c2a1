import { expect } from 'chai'
import { buildFrom, docker, removeServers, startServer } from './server-images.ts'

const base = process.env.WW_IMAGE ?? 'whaleware'

describe('the default image', () => {
  afterEach(removeServers)

  it('boots read-only, as any user, without capabilities or new privileges', async () => {
    const bare = [
      '--read-only',
      '--user',
      '12345',
      '--cap-drop',
      'ALL',
      '--security-opt',
      'no-new-privileges',
    ]
    const container = await (await startServer(base, { key: 'value' }, ...bare)).isUp()
    expect(await container.sh('ww cfg key')).to.equal('value')
    expect(await container.stop()).to.equal('0')
  })

  it('works anywhere in an image with nothing but busybox, read-only, as user 1000', async () => {
    const image = await buildFrom('whaleware-test-busybox', {
      Dockerfile: [
        `FROM ${base} AS ww`,
        'RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends busybox-static >/dev/null',
        'RUN mkdir -p /bare/bin /bare/run/ww /bare/data /bare/tmp && cp /bin/busybox /bare/bin/ && for a in sh cat ls; do ln -s busybox /bare/bin/$a; done && chmod 1777 /bare/run/ww /bare/data /bare/tmp && mkdir "/bare/any where" && cp -a /ww "/bare/any where/ww"',
        'FROM scratch',
        'COPY --from=ww /bare /',
        'ENTRYPOINT ["/any where/ww/run"]',
      ].join('\n'),
    })
    const id = await docker(
      'run',
      '-d',
      '--read-only',
      '--user',
      '1000',
      '--tmpfs',
      '/run/ww:mode=1777',
      image,
    )
    try {
      await docker('exec', id, '/any where/ww/ww', 'wait', 'UP', '--timeout', '20s')
      expect(await docker('exec', id, '/any where/ww/ww', '--version')).to.contain('Bun')
      await docker('stop', id)
      expect(await docker('inspect', '-f', '{{.State.ExitCode}}', id)).to.equal('0')
    } finally {
      await docker('rm', '-f', id)
    }
  })
})
