import { expect } from 'chai'
import { beginAll } from './begin-all.ts'
import { startMounted } from './mounted-hooks.ts'
import type { ServerContainer } from './server-container.ts'
import { docker, makeVolume, removeServers } from './server-images.ts'

const hooks = { serve: 'exec sleep 1000', monitor: `echo '{}'`, svcup: 'echo "run directory: $WW_RUN"' }
const cfg = { key: 'value', password: 'not for others' }
const readOnly = ['--user', '12345', '--read-only']

/** A place for volatile state as people mount it, and where the instance then keeps its own. */
type Place = {
  readonly name: string
  readonly options: () => Promise<readonly string[]> | readonly string[]
  readonly expected: RegExp
}

const places: readonly Place[] = [
  { name: 'the image as it is', options: () => [], expected: /^\/run\/ww(\/uid-0)?$/ },
  {
    name: 'a tmpfs with mode 1777',
    options: () => ['--tmpfs', '/run/ww:mode=1777'],
    expected: /^\/run\/ww\/uid-0$/,
  },
  {
    name: 'a tmpfs with mode 1777, read-only and as user 12345',
    options: () => [...readOnly, '--tmpfs', '/run/ww:mode=1777'],
    expected: /^\/run\/ww\/uid-12345$/,
  },
  {
    name: 'a tmpfs on all of /run, read-only and as user 12345',
    options: () => [...readOnly, '--tmpfs', '/run'],
    expected: /^\/(run\/ww|run\/ww\/uid-12345|dev\/shm\/ww-12345)$/,
  },
  {
    name: 'nothing, read-only and as user 12345',
    options: () => readOnly,
    expected: /^\/dev\/shm\/ww-12345$/,
  },
  {
    name: 'a volume of root',
    options: async () => ['-v', `${await makeRootVolume()}:/run/ww`],
    expected: /^\/run\/ww(\/uid-0)?$/,
  },
  {
    name: 'a volume of root, read-only and as user 12345',
    options: async () => [...readOnly, '-v', `${await makeRootVolume()}:/run/ww`],
    expected: /^\/dev\/shm\/ww-12345$/,
  },
  {
    name: 'WW_RUN in a directory of user 12345',
    options: () => ['--user', '12345', '--tmpfs', '/mine:uid=12345,mode=700', '-e', 'WW_RUN=/mine/run'],
    expected: /^\/mine\/run$/,
  },
]

/** A volume whose root directory belongs to root alone: Docker copies neither mode nor content into one that is not empty. */
async function makeRootVolume(): Promise<string> {
  const volume = await makeVolume()
  const base = process.env.WW_IMAGE ?? 'whaleware'
  const change = 'touch /v/kept; chmod 755 /v'
  await docker('run', '--rm', '--entrypoint', 'sh', '-v', `${volume}:/v`, base, '-c', change)
  return volume
}

describe('the run directory', () => {
  let checked: (one: Place) => Promise<ServerContainer>
  before(() => {
    checked = beginAll(places, 4, async ({ options }) => {
      const container = await startMounted(hooks, { cfg, options: await options() })
      await container.printed(/ (UP|ERROR): |warning: .*hold|^ww run: /m)
      return container
    })
  })
  after(removeServers)

  for (const one of places)
    it(`is private to the instance, which boots and answers the same user: ${one.name}`, async () => {
      const container = await checked(one)
      const [, run = ''] = /run directory: (.*)/.exec(await container.printed(/run directory: /)) ?? []
      expect(run, await container.logs()).to.match(one.expected)
      const user = await container.sh('id -u')
      expect(await container.sh(`stat -c '%a %u' ${run}`)).to.equal(`700 ${user}`)
      expect(await container.sh('ww cfg key')).to.equal('value')
      expect(await container.sh('ww health')).to.equal('UP')
      expect(await container.sh('ww status | grep ^state:')).to.equal('state: UP')
      expect(await container.sh('ww monitor')).to.equal('{}')
      expect(await container.stop()).to.equal('0')
    })

  it('of another user’s instance can be read by root, and by nobody else', async () => {
    for (const options of [readOnly, [...readOnly, '--tmpfs', '/run/ww:mode=1777']]) {
      const container = await startMounted(hooks, { cfg, options })
      await container.printed(/ UP: /)
      expect(await container.sh('ww status | grep ^state:', '--user', '0')).to.equal('state: UP')
      expect(await container.sh('ww health', '--user', '0')).to.equal('UP')
      const other = await container.try('ww status', '--user', '777')
      expect(other.code).to.equal(1)
      expect(other.stderr).to.match(
        /^ww status: not permitted: the instance runs as user 12345, you are user 777; use docker exec --user 12345$/,
      )
    }
  })
})

describe('a second instance on a run directory in use', () => {
  afterEach(removeServers)

  const expectUnaffected = async (first: ServerContainer): Promise<void> => {
    expect(await first.sh('ww health')).to.equal('UP')
    expect(await first.sh('ww cfg key')).to.equal('value')
    expect(await first.sh('ww monitor')).to.equal('{}')
    expect(await first.logs()).to.not.match(/RESTARTING|warning/)
    expect(await first.stop()).to.equal('0')
  }

  it('refuses with exit code 78 and one line, in the same container, and the first is unaffected', async () => {
    const first = await startMounted(hooks, { cfg })
    await first.printed(/ UP: /)
    const second = await first.try('ww run', '-e', 'CFG={"key":"another"}', '-e', 'WW_DATA=/tmp/data')
    expect(second.code).to.equal(78)
    expect(second.stderr.split('\n'), second.stderr).to.have.length(1)
    expect(second.stderr).to.match(/^ww .* cannot use \/run\/ww\S*: instance \S+ \(pid \d+\) is using it; /)
    await expectUnaffected(first)
  })

  it('refuses too when it is in another container, and can have the directory when the first has ended', async () => {
    const options = ['-v', `${await makeVolume()}:/run/ww`]
    const first = await startMounted(hooks, { cfg, options })
    await first.printed(/ UP: /)
    const second = await startMounted(hooks, { cfg: { key: 'another' }, options })
    expect(await second.exitCode()).to.equal(78)
    const log = await second.logs()
    expect(log.trim().split('\n'), log).to.have.length(1)
    await expectUnaffected(first)
    await second.start()
    await second.printed(/ UP: /)
    expect(await second.sh('ww cfg key')).to.equal('another')
  })
})
