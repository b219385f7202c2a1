import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { beginAll } from './begin-all.ts'
import { type Mounting, startMounted } from './mounted-hooks.ts'
import type { ServerContainer } from './server-container.ts'
import { docker, makeFiles, makeVolume, removeServers } from './server-images.ts'

const fill = (directory: string): string =>
  `dd if=/dev/zero of=${directory}/fill bs=1k 2>/dev/null; dd if=/dev/zero of=${directory}/rest bs=1 2>/dev/null; true`
const announces = { lifecycle: 'echo "announced $1"' }
const often = { ww: { monitor: { every: '200ms' } } }
/** A service whose monitor counts its runs. */
const counted = {
  ...announces,
  serve: 'exec sleep 1000',
  monitor: `echo run >>/tmp/monitored; echo '{"runs":1}'`,
}

/** Something outside that fails at boot, and how the instance ends. */
type Fatal = {
  readonly name: string
  readonly hooks: Readonly<Record<string, string>>
  readonly mount: () => Promise<readonly string[]> | readonly string[]
  readonly error: RegExp
}

/** A volume that an instance has initialised. */
async function makeInitialised(): Promise<string> {
  const volume = await makeVolume()
  const first = await startMounted({ serve: 'exec sleep 1000' }, { options: ['-v', `${volume}:/data`] })
  await first.printed(/ UP: /)
  await first.stop()
  return volume
}

const fullData = (): string[] => ['--tmpfs', '/data:size=64k']
const rootsData = (): string[] => ['-v', `${makeFiles({})}:/data`, '--user', '12345']

const fatal: readonly Fatal[] = [
  {
    name: 'a full /data at the first boot',
    hooks: { boot: fill('/data'), firstboot: 'echo firstboot ran' },
    mount: fullData,
    error: / ERROR: cannot write \/data\S*: no space left on device \([^)]+\); free space, then start again/,
  },
  {
    name: 'a /data that firstboot fills up',
    hooks: { firstboot: fill('/data') },
    mount: fullData,
    error: / ERROR: cannot write \/data\S*: no space left on device \([^)]+\); free space, then start again/,
  },
  {
    name: 'an initialised /data that is read-only, when there is something to upgrade',
    hooks: { upgrade: 'echo upgrade ran' },
    mount: async () => ['-v', `${await makeInitialised()}:/data:ro`],
    error: / ERROR: cannot write \/data\S*: read-only file system; mount the volume without :ro/,
  },
  {
    name: 'a /data of root for an instance of another user',
    hooks: { firstboot: 'echo firstboot ran' },
    mount: rootsData,
    error:
      / ERROR: cannot write \/data\S*: it belongs to user 0, the instance runs as user 12345; run chown -R 12345 on the volume/,
  },
]

/** Something outside that fails, and what goes on all the same. */
type Survived = {
  readonly name: string
  readonly hooks?: Readonly<Record<string, string>>
  readonly mounting: () => Promise<Mounting> | Mounting
  /** What happens while the instance is UP, as a line of sh. */
  readonly meanwhile?: string
}

const survived: readonly Survived[] = [
  {
    name: 'an initialised /data that is read-only',
    mounting: async () => ({ options: ['-v', `${await makeInitialised()}:/data:ro`] }),
  },
  {
    name: 'a /data of root for another user, when no hook needs it',
    mounting: () => ({ options: rootsData() }),
  },
  {
    name: 'a /data that becomes full',
    mounting: () => ({ options: ['--tmpfs', '/data:size=256k'] }),
    meanwhile: fill('/data'),
  },
  {
    name: 'a run directory that runs out of inodes',
    mounting: () => ({ options: ['--tmpfs', '/run/ww:nr_inodes=64'] }),
    meanwhile: 'i=0; while touch /run/ww/fill-$i 2>/dev/null; do i=$((i+1)); done',
  },
  {
    name: 'a run directory that becomes full',
    mounting: () => ({ options: ['--tmpfs', '/run/ww:size=256k'] }),
    meanwhile: fill('/run/ww'),
  },
  {
    name: 'a run directory that is emptied',
    mounting: () => ({ options: ['--tmpfs', '/run/ww'] }),
    meanwhile: 'find /run/ww -mindepth 1 -delete',
  },
  {
    name: 'a run directory that is removed',
    mounting: () => ({ options: ['-e', 'WW_RUN=/tmp/run'] }),
    meanwhile: 'rm -rf /tmp/run',
  },
  {
    name: 'a WW_RUN that is too long for a socket',
    mounting: () => ({ options: ['-e', `WW_RUN=/tmp/${'long/'.repeat(30)}run`] }),
  },
]

/** Warnings and errors of a log without what differs each time. */
function problemsOf(log: string): string[] {
  const lines = log.split('\n').filter((line) => /^ww .*(warning|error): /.test(line))
  return lines.map((line) => line.replace(/^.*?(warning|error): /, '').replace(/\d+/g, '0'))
}

function expectNoTrace(log: string): void {
  expect(log).to.not.match(/^\s+at .*:\d+:\d+/m)
  expect(log).to.not.match(/\bbug\b/)
  expect(log).to.not.match(/Error:/)
}

describe('an instance at its boot', () => {
  let ended: (one: Fatal) => Promise<{ code: number; log: string }>
  before(() => {
    ended = beginAll(fatal, 4, async ({ hooks, mount }) => {
      const container = await startMounted({ ...announces, ...hooks }, { options: await mount() })
      const code = await container.exitCode()
      return { code, log: await container.logs() }
    })
  })
  after(removeServers)

  for (const one of fatal)
    it(`ends in an announced ERROR of one sentence, because of ${one.name}`, async () => {
      const { code, log } = await ended(one)
      expect(code, log).to.equal(1)
      expect(log).to.match(one.error)
      expect(log).to.contain('announced ERROR\n')
      expect(log.match(/^ww .*ERROR: /gm)).to.have.length(1)
      expectNoTrace(log)
    })

  it('refuses a WW_RUN that can never be used, with one line', async () => {
    const container = await startMounted(announces, { options: ['-e', 'WW_RUN=/proc/x'] })
    expect(await container.exitCode()).to.equal(78)
    const log = await container.logs()
    expect(log.trim().split('\n'), log).to.have.length(1)
    expect(log).to.match(/^ww .*WW_RUN: cannot use \/proc\/x: /)
    expectNoTrace(log)
  })
})

describe('an instance that is UP', () => {
  let survivors: (one: Survived) => Promise<{ container: ServerContainer; code: string; log: string }>
  before(() => {
    survivors = beginAll(survived, 4, async ({ hooks = {}, mounting, meanwhile = ':' }) => {
      const container = await startMounted({ ...counted, ...hooks }, { cfg: often, ...(await mounting()) })
      await container.printed(/ UP: /)
      await container.sh(meanwhile)
      const runs = 'wc -l </tmp/monitored'
      const before = Number(await container.sh(runs))
      await until(async () => Number(await container.sh(runs)) > before + 5, 'the monitor runs on', 60_000)
      await until(async () => (await container.try('ww health')).code === 0, 'ww health sees it', 60_000)
      const code = await container.stop()
      return { container, code, log: await container.logs() }
    })
  })
  after(removeServers)

  for (const one of survived)
    it(`stays healthy, with one warning at most for each problem: ${one.name}`, async () => {
      const { code, log } = await survivors(one)
      expect(code, log).to.equal('0')
      expect(log).to.not.match(/RESTARTING|ERROR: /)
      expect(log).to.match(/ STOPPED: SIGTERM\n/)
      const problems = problemsOf(log)
      expect(problems.length, log).to.be.below(5)
      expect([...new Set(problems)]).to.deep.equal(problems)
      expectNoTrace(log)
    })
})

describe('a monitor that floods, and ignores SIGTERM, on a run directory in memory', () => {
  afterEach(removeServers)

  it('fails with one sentence, and the container does not run out of memory', async () => {
    const flood = `[ ! -e /tmp/monitored ] || [ -e /tmp/flooded ] || { touch /tmp/flooded; trap '' TERM; exec yes; }`
    const hooks = {
      ...announces,
      serve: 'exec sleep 1000',
      monitor: `${flood}; touch /tmp/monitored; echo '{}'`,
    }
    const memory = ['-m', '128m', '--memory-swap', '128m', '--tmpfs', '/run:size=1g']
    const container = await startMounted(hooks, { cfg: often, options: memory })
    const log = await container.printed(/ UP: [\s\S]* RESTARTING: .*\n[\s\S]* UP: /)
    expect(log).to.match(/ RESTARTING: monitor printed more than 1 MiB/)
    expect(log.match(/ RESTARTING: /g)).to.have.length(1)
    expect(await container.stop()).to.equal('0')
    expect(await container.inspect('.State.OOMKilled')).to.equal('false')
    expect(log).to.not.contain('SIGKILL')
  })
})

describe('an instance whose log nobody reads any more', () => {
  afterEach(removeServers)

  it('stays UP, restarts and stops as always', async () => {
    const line = 'ww run 2>&1 | head -n 1 >/tmp/log; exec sleep 1000'
    const options = ['--entrypoint', 'sh']
    const container = await startMounted(counted, { cfg: often, options, command: ['-c', line] })
    await container.sh('ww wait UP --timeout 60s')
    await until(async () => (await container.sh('cat /tmp/log')).includes(' BOOT: '), 'the reader has ended')
    const runs = 'wc -l </tmp/monitored'
    const before = Number(await container.sh(runs))
    await until(async () => Number(await container.sh(runs)) > before + 5, 'the monitor runs on', 60_000)
    await container.sh('ww restart')
    await container.isUp()
    await container.sh('ww stop && ww wait STOPPED --timeout 60s')
    const states = (await container.sh('ww events | cut -f 3')).split('\n')
    expect(states.slice(-3)).to.deep.equal(['RESTARTING', 'UP', 'STOPPED'])
    expect(await docker('exec', container.id, 'sh', '-c', 'cat /tmp/log')).to.match(/^ww .* BOOT: started/)
  })
})
