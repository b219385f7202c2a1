import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { type Mounting, startMounted } from './mounted-hooks.ts'
import type { ServerContainer } from './server-container.ts'
import { removeServers } from './server-images.ts'

const report = [
  'echo "web: pid $$ is $(cut -d" " -f1,5,6,19 /proc/$$/stat)"',
  'echo "web: runs as $(id -u) $(id -G), $HOME $USER, in $(pwd), A=$A"',
  'echo "web: reads $(ww cfg password)"',
  'echo "web: opens its output" > /dev/stdout',
  'exec sleep 1000',
]
const hooks = {
  boot: '[ "$(id -u)" != 0 ] || usermod -aG audio,video games',
  'serve-web': report.join('\n'),
  serve: 'exec sleep 1000',
}
const settings = { user: 'games', cwd: '/srv', env: { A: 'a b' }, nice: 7 }

describe('a service with a user of its own', () => {
  afterEach(removeServers)
  const start = (own: object = settings, more: Mounting = {}): Promise<ServerContainer> => {
    const cfg = { password: 'hidden', ww: { services: { 'serve-web': own } } }
    return startMounted(hooks, { cfg, ...more })
  }

  it('runs with its groups, directory, variables and priority, as the process that is known', async () => {
    const container = await (await start()).isUp()
    const printed = await container.printed(/web: opens/)
    const [, pid, fields] = /web: pid (\d+) is (.*)/.exec(printed) ?? []
    expect(fields).to.equal(`${pid} ${pid} ${pid} 7`)
    expect(printed).to.contain('web: runs as 5 60 29 44, /usr/games games, in /srv, A=a b\n')
    expect(await container.sh(`cat /proc/${pid}/comm; ww status`)).to.match(
      new RegExp(`sleep\\n[^]*serve-web\\tready\\t[^\\t]*\\t${pid}\\t`),
    )
    expect(await container.stop()).to.equal('0')
    expect(await container.logs()).to.contain('nothing was killed')
  })

  it('reads the configuration, and no other user does', async () => {
    const container = await (await start()).isUp()
    expect(await container.printed(/web: opens/)).to.contain('web: reads hidden\n')
    for (const user of ['5', '65534']) {
      const { stdout } = await container.try(
        'ww cfg password; cat /dev/shm/*/*/*; ls /dev/shm/*',
        '--user',
        user,
      )
      expect(stdout).to.equal('')
    }
    expect(await container.sh('ww cfg password')).to.equal('hidden')
    await container.stop()
    expect(await container.inspect('.State.ExitCode')).to.equal('0')
  })

  it('starts again when it is killed, as the same user, beside a database that is not touched', async () => {
    const container = await (await start()).isUp()
    const printed = await container.printed(/web: opens/)
    const [, pid] = /web: pid (\d+)/.exec(printed) ?? []
    await container.sh(`kill -9 ${pid}`)
    await until(async () => (await container.logs()).split('web: reads hidden').length === 3, 'it runs again')
    const logs = await container.logs()
    expect(logs).to.match(/warning: serve-web: was killed by SIGKILL/)
    expect(logs).to.not.contain('RESTARTING')
    expect(logs.split('web: runs as 5 60 29 44,')).to.have.lengthOf(3)
  })

  it('says what the container does not permit, and what to do', async () => {
    const capabilities = ['--cap-drop', 'SETUID', '--cap-drop', 'SETGID']
    const refused = await start({ user: '1234' }, { options: capabilities })
    await refused.printed(
      /running it as user 1234 is not permitted; give the container the capabilities SETUID/,
    )
    const other = await start(
      { user: 'games' },
      { options: ['--user', '1000:1000', '--tmpfs', '/data:mode=1777'] },
    )
    await other.printed(
      /cannot run as user games: the instance runs as user 1000; start the container as root/,
    )
    const higher = await start({ nice: -5 })
    const printed = await higher.printed(/web: opens/)
    expect(printed).to.contain(
      'warning: serve-web: runs without nice -5; give the container the capability SYS_NICE',
    )
    expect(printed).to.match(/web: pid \d+ is \d+ \d+ \d+ 0\n/)
  })

  it('has a higher priority where the container may have one', async () => {
    const container = await start({ user: 'games', nice: -5 }, { options: ['--cap-add', 'SYS_NICE'] })
    const printed = await container.printed(/web: opens/)
    expect(printed).to.match(/web: pid \d+ is \d+ \d+ \d+ -5\n/)
    expect(await container.sh('cut -d" " -f19 /proc/1/stat')).to.equal('0')
  })
})
