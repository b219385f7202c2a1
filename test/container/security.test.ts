import { resolve } from 'node:path'
import { expect } from 'chai'
import { type Mounting, startMounted } from './mounted-hooks.ts'
import type { Ended, ServerContainer } from './server-container.ts'
import { makeFiles, removeServers } from './server-images.ts'

const secret = 'a-secret-for-root-alone'
const hooks = { serve: 'exec sleep 1000', monitor: `echo '{}'`, svcup: 'ww cfg password >/dev/null' }
const programs = resolve(import.meta.dirname, 'programs')

/** Where an instance may keep something, and another user could have been first. */
const places =
  '/run/ww /run/ww/uid-0 /run/ww/uid-65534 /dev/shm /dev/shm/ww /dev/shm/ww-0 /tmp /data /data/.ww /backup'
/** Every name that was, or is, in a run directory. */
const names =
  'cfg.json cfg-lookup status status.sh status.json events.ndjson control.sock boot.json boot.lock whaleup data.holder'

/** Makes files in all of these places under all of these names that anybody may read, and that leave a trace when run. */
const plant = `umask 0; numbers=$(seq 1 80); for place in ${places}; do
  mkdir -p $place && cd $place || continue
  for name in ${names}; do
    for file in $name $(printf "$name.%s.tmp " $numbers); do
      printf '%s\\n' 'touch /tmp/ran-as-$(id -u)' 'ww_value=planted ww_state=UP' >$file
    done
  done
done 2>/dev/null; true`

/** Starts an instance with a secret in a file that only root can read. */
function startWithSecret({ options = [], ...more }: Mounting = {}): Promise<ServerContainer> {
  const secrets = makeFiles({ password: secret }, 0o600)
  const mounts = ['-v', `${secrets}:/run/secrets:ro`, '-v', `${programs}:/programs:ro`]
  const cfg = { key: 'value', password: { $file: '/run/secrets/password' } }
  return startMounted(hooks, { cfg, options: [...mounts, ...options], ...more })
}

/** Runs a line of sh as somebody who has no rights in the container. */
function asNobody(container: ServerContainer, line: string): Promise<Ended> {
  return container.try(line, '--user', '65534:65534')
}

/** Where the secret can be read as somebody else: file contents, environments and command lines. */
async function findSecret(container: ServerContainer): Promise<string> {
  // a pattern that does not find itself
  const pattern = secret.replace(/.$/, '[$&]')
  const files = `grep -rls -D skip '${pattern}' /run /dev/shm /tmp /var/tmp /data /backup /ww/etc`
  const processes = `grep -ls '${pattern}' /proc/[0-9]*/environ /proc/[0-9]*/cmdline`
  const { stdout } = await asNobody(container, `${files}; ${processes}`)
  return stdout
}

/** Has root ask the instance everything that is answered from what it has written down. */
async function askAsRoot(container: ServerContainer): Promise<void> {
  for (const verb of [
    'health',
    'status',
    'status --json',
    'cfg key',
    'cfg --why key',
    'events',
    'wait UP --timeout 1s',
  ])
    await container.try(`ww ${verb}`)
}

async function expectNothingRan(container: ServerContainer): Promise<void> {
  expect((await container.sh('ls /tmp')).match(/ran-as-\d+/g)).to.equal(null)
}

describe('an unprivileged user in the container', () => {
  afterEach(removeServers)

  for (const [where, options] of [
    ['the image as it is', []],
    [
      'a run directory and a /data that everybody can write',
      ['--tmpfs', '/run/ww:mode=1777', '--tmpfs', '/data:mode=1777'],
    ],
  ] as const) {
    it(`cannot read a secret, whatever was planted before and between boots: ${where}`, async () => {
      const container = await startWithSecret({ options })
      await container.printed(/ UP: /)
      expect(await findSecret(container)).to.equal('')
      // a volume in memory does not survive its container
      for (const signal of options.length > 0 ? [] : ['TERM', 'KILL']) {
        await asNobody(container, plant)
        await container.kill(signal)
        await container.exitCode()
        await container.start()
        await container.isUp()
        expect(await findSecret(container)).to.equal('')
        expect(await container.sh('ww cfg password')).to.equal(secret)
      }
      await asNobody(container, plant)
      await container.sh('ww restart')
      expect(await findSecret(container)).to.equal('')
      expect(await container.sh('ww cfg key')).to.equal('value')
      await expectNothingRan(container)
    })
  }

  it('cannot have root run what was planted before the first boot', async () => {
    const options = ['--entrypoint', 'sleep', '--tmpfs', '/run/ww:mode=1777', '--tmpfs', '/data:mode=1777']
    const container = await startWithSecret({ options, command: ['1000'] })
    await asNobody(container, plant)
    await asNobody(container, 'mkdir /tmp/evil; ln -s /tmp/evil /run/ww/uid-0; ln -s /tmp/evil /dev/shm/ww-0')
    await askAsRoot(container)
    await expectNothingRan(container)
    // it may refuse to boot where others have taken every place; it must not use one of theirs
    const boot = container.try('/ww/run >/tmp/boot.log 2>&1')
    await Promise.race([boot, container.try('ww wait UP --timeout 60s')])
    await askAsRoot(container)
    await expectNothingRan(container)
    expect(await findSecret(container)).to.equal('')
    await container.kill()
    await boot
  })

  it('cannot have root run what was planted while the instance is UP', async () => {
    for (const options of [[], ['--tmpfs', '/run/ww:mode=1777']]) {
      const container = await startWithSecret({ options })
      await container.printed(/ UP: /)
      await asNobody(container, plant)
      await askAsRoot(container)
      await expectNothingRan(container)
      expect(await container.sh('ww cfg key')).to.equal('value')
      expect(await container.sh('ww health')).to.equal('UP')
    }
  })

  it('cannot use the control socket', async () => {
    const container = await startWithSecret()
    await container.printed(/ UP: /)
    for (const verb of ['stop', 'restart', 'monitor'])
      expect(await asNobody(container, `ww ${verb}`), verb).to.include({ code: 1, stdout: '' })
    const { stdout } = await asNobody(container, '/test/node /programs/connect-everywhere.mjs')
    expect(stdout).to.match(/^[1-9]\d* sockets, 0 connected$/)
    expect(await container.sh('ww health')).to.equal('UP')
    expect(await container.logs()).to.not.match(/STOPPING|RESTARTING/)
  })

  it('is refused with the reason, and with what to do', async () => {
    const container = await startWithSecret()
    await container.printed(/ UP: /)
    const reason = 'not permitted: the instance runs as user 0, you are user 65534; use docker exec --user 0'
    for (const verb of ['stop', 'restart', 'monitor', 'status', 'cfg key', 'events', 'wait UP']) {
      const [name] = verb.split(' ')
      const refused = { code: 1, stdout: '', stderr: `ww ${name}: ${reason}` }
      expect(await asNobody(container, `ww ${verb}`)).to.deep.equal(refused)
    }
    expect(await asNobody(container, 'ww health')).to.include({ code: 1, stdout: `not ready: ${reason}` })
  })

  it('cannot make root write elsewhere through links in a /data that everybody can write', async () => {
    const options = ['--entrypoint', 'sleep', '--tmpfs', '/data:mode=1777', '--tmpfs', '/victim:mode=755']
    const links = [
      'ln -s /victim /data/.ww',
      'mkdir -m 777 /data/.ww; for name in data.lock data.holder firstboot-begun outbox $(hostname) app; do ln -s /victim /data/.ww/$name; done',
      'ln -s /victim/whaleup /data/whaleup',
    ]
    for (const link of links) {
      const container = await startWithSecret({ options, command: ['1000'] })
      await asNobody(container, link)
      const boot = container.try('/ww/run >/tmp/boot.log 2>&1')
      await container.try('ww wait UP ERROR --timeout 10s')
      await container.try('ww stop && ww wait STOPPED --timeout 20s')
      expect(await container.sh('find /victim -mindepth 1'), link).to.equal('')
      expect(await container.sh('cat /tmp/boot.log'), link).to.not.match(/^\s+at |\bbug\b/m)
      await container.kill()
      await boot
    }
  })
})
