import { expect } from 'chai'
import { type Lifecycle, startLifecycle } from '../../ww/lifecycle/lifecycle.ts'
import { allOk, FakeWorld, type Hooks, settingsWith } from '../helpers/fake-world.ts'

function start(hooks: Hooks, settings = settingsWith(), prepare: (world: FakeWorld) => void = () => {}) {
  const world = new FakeWorld(hooks)
  prepare(world)
  const lifecycle = startLifecycle(world, settings)
  let code: number | undefined
  void lifecycle.done.then((ended) => {
    code = ended
  })
  const reach = (state: string): Promise<void> =>
    world.clock.runUntil(() => world.story.at(-1) === state || world.story.includes(state))
  const end = async (): Promise<number | undefined> => {
    await world.clock.runUntil(() => code !== undefined)
    return code
  }
  return { world, lifecycle, reach, end }
}

const states = (world: FakeWorld): string[] => world.announcements.map(({ state }) => state)

describe('a life without trouble', () => {
  it('boots a fresh /data, comes UP, and stops, calling each hook in its state', async () => {
    const { world, lifecycle, reach, end } = start({ ...allOk, serve: 'ok' })
    await reach('hook monitor')
    lifecycle.stop('SIGTERM')
    expect(await end()).to.equal(0)
    expect(world.story).to.deep.equal([
      'BOOT',
      'hook boot',
      'FIRSTBOOT',
      'begin firstboot',
      'hook firstboot',
      'mark',
      'UPGRADING',
      'hook upgrade',
      'WARMUP',
      'hook svcup',
      'start serve',
      'hook warmup',
      'UP',
      'hook monitor',
      'hook drain',
      'end serve',
      'hook svcdown',
      'sweep',
      'STOPPED',
      'settled',
    ])
  })

  it('skips FIRSTBOOT when /data is there, and tells upgrade the version that it has', async () => {
    const { world, reach } = start(allOk, settingsWith({ version: '2' }), (world) => {
      world.data = { kind: 'initialised', version: '1' }
    })
    await reach('UP')
    expect(states(world)).to.deep.equal(['BOOT', 'UPGRADING', 'WARMUP', 'UP'])
    expect(world.calls.find(({ name }) => name === 'upgrade')?.env).to.deep.equal({
      WW_PREVIOUS_VERSION: '1',
    })
    expect(world.story).to.include('mark')
  })

  it('runs the monitor at once, then at its interval, and pushes what it prints', async () => {
    const { world, reach } = start(allOk)
    await reach('hook monitor')
    const first = world.now()
    await world.clock.runUntil(() => world.stats.length === 3)
    expect(world.now() - first).to.equal(60_000)
    expect(world.stats).to.deep.equal(['{"load":1}', '{"load":1}', '{"load":1}'])
  })

  it('runs the monitor when asked, and says what it said', async () => {
    const { world, lifecycle, reach } = start(allOk)
    await reach('hook monitor')
    await world.clock.runUntil(() => world.stats.length === 1)
    const asked = lifecycle.monitorNow()
    await world.clock.runUntil(() => world.stats.length === 2)
    expect((await asked)?.output).to.equal('{"load":1}')
  })

  it('has no monitor to run when it is not UP', async () => {
    const { lifecycle, reach } = start({ ...allOk, warmup: 'hangs' })
    await reach('hook warmup')
    expect(await lifecycle.monitorNow()).to.equal(null)
  })

  it('tells how long the state before lasted', async () => {
    const { world, reach } = start({ ...allOk, boot: { ends: 'ok', after: 1500 } })
    await reach('FIRSTBOOT')
    expect(world.announcements.at(-1)).to.include({
      state: 'FIRSTBOOT',
      previous: 'BOOT',
      previousMs: 1500,
      reason: '/data is fresh',
    })
  })
})

/** The hook that runs in each state, the state in which it does, and the announcements up to there. */
const hookOfState: [hook: string, announced: string[]][] = [
  ['boot', ['BOOT']],
  ['firstboot', ['BOOT', 'FIRSTBOOT']],
  ['upgrade', ['BOOT', 'FIRSTBOOT', 'UPGRADING']],
  ['svcup', ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP']],
  ['warmup', ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP']],
]

for (const [hook, announced] of hookOfState) {
  const servicesStarted = announced.includes('WARMUP')
  describe(`${hook} in ${announced.at(-1)}`, () => {
    for (const [how, behaviour] of [
      ['fails', 'failed'],
      ['exits 125', 'refused'],
    ] as const) {
      it(`leads to ERROR and exit 1 when it ${how}${servicesStarted ? ', after svcdown' : ''}`, async () => {
        const { world, end } = start({ ...allOk, [hook]: behaviour })
        expect(await end()).to.equal(1)
        expect(states(world)).to.deep.equal([...announced, 'ERROR'])
        expect(world.announcements.at(-1)?.reason).to.equal(`${hook} ${behaviour}`)
        expect(world.story.includes('hook svcdown')).to.equal(servicesStarted)
        expect(world.story).not.to.include('hook drain')
      })
    }

    it('leads to ERROR when it hangs past its limit', async () => {
      const { world, end } = start({ ...allOk, [hook]: 'hangs' })
      expect(await end()).to.equal(1)
      expect(world.announcements.at(-1)?.reason).to.equal(`${hook} failed: timeout`)
    })

    it('is ended by a stop, which then exits 0', async () => {
      const { world, lifecycle, reach, end } = start({ ...allOk, [hook]: 'hangs' })
      await reach(`hook ${hook}`)
      lifecycle.stop('SIGTERM')
      expect(await end()).to.equal(0)
      expect(states(world)).to.deep.equal([...announced, 'STOPPED'])
      expect(world.story.includes('hook svcdown')).to.equal(servicesStarted)
      expect(world.story).not.to.include('hook drain')
    })

    it('does not hold up a second stop', async () => {
      const { world, lifecycle, reach, end } = start(
        { ...allOk, [hook]: 'hangs' },
        settingsWith(),
        (world) => {
          world.endsAfter = 2000
        },
      )
      await reach(`hook ${hook}`)
      const asked = world.now()
      lifecycle.stop('SIGTERM')
      lifecycle.stop('SIGTERM')
      expect(await end()).to.equal(0)
      expect(world.now()).to.equal(asked)
      expect(world.story).to.include('sweep at once')
    })

    it('goes on undisturbed when a restart is asked for', async () => {
      const { lifecycle, world, reach } = start({ ...allOk, [hook]: { ends: 'ok', after: 100 } })
      await reach(`hook ${hook}`)
      expect(lifecycle.restart('SIGHUP')).to.equal(false)
      await reach('UP')
      expect(states(world)).not.to.include('RESTARTING')
    })

    it('is skipped when it is absent', async () => {
      const { world, reach } = start({ ...allOk, [hook]: 'absent' })
      await reach('UP')
      expect(world.story).not.to.include(`hook ${hook}`)
    })
  })
}

describe('UP', () => {
  it('restarts the services when the monitor fails: drain, svcdown, svcup, and UP again', async () => {
    const { world, reach } = start({ ...allOk, monitor: ['failed', 'ok'] })
    await reach('RESTARTING')
    await world.clock.runUntil(() => states(world).at(-1) === 'UP')
    expect(world.story.slice(world.story.indexOf('RESTARTING'))).to.deep.equal([
      'RESTARTING',
      'hook drain',
      'hook svcdown',
      'hook svcup',
      'UP',
      'hook monitor',
    ])
    expect(world.announcements.find(({ state }) => state === 'RESTARTING')).to.include({
      attempt: 1,
      reason: 'monitor failed',
    })
  })

  it('runs warmup after a restart when told to', async () => {
    const { world, reach } = start(
      { ...allOk, monitor: ['failed', 'ok'] },
      settingsWith({ restart: { ...settingsWith().restart, warmup: true } }),
    )
    await reach('RESTARTING')
    await world.clock.runUntil(() => states(world).at(-1) === 'UP')
    expect(world.calls.filter(({ name }) => name === 'warmup')).to.have.length(2)
  })

  it('bears as many failures in a row as it is told', async () => {
    const monitor = { every: 30_000, failures: 3 }
    const { world, reach } = start(
      { ...allOk, monitor: ['failed', 'failed', 'ok', 'failed', 'failed', 'failed', 'ok'] },
      settingsWith({ monitor }),
    )
    await reach('RESTARTING')
    expect(world.calls.filter(({ name }) => name === 'monitor')).to.have.length(6)
  })

  it('restarts when the monitor hangs past its limit', async () => {
    const { world, reach } = start({ ...allOk, monitor: ['hangs', 'ok'] })
    await reach('RESTARTING')
    expect(world.announcements.at(-1)?.reason).to.equal('monitor failed: timeout')
  })

  it('ends in ERROR when the monitor exits 125', async () => {
    const { world, end } = start({ ...allOk, monitor: 'refused' })
    expect(await end()).to.equal(1)
    expect(states(world)).not.to.include('RESTARTING')
    expect(world.story).to.include('hook svcdown')
  })

  it('restarts at once when a service ends', async () => {
    const { world, reach } = start({ ...allOk, serve: 'ok' })
    await reach('hook monitor')
    const at = world.now()
    world.services.get('serve')?.()
    await reach('RESTARTING')
    expect(world.now()).to.equal(at)
    expect(world.announcements.at(-1)?.reason).to.equal('serve ended: exit code 1')
  })

  it('ends a hanging monitor when a service ends', async () => {
    const { world, reach } = start({ ...allOk, serve: 'ok', monitor: ['hangs', 'ok'] })
    await reach('hook monitor')
    const at = world.now()
    world.services.get('serve')?.()
    await world.clock.runUntil(() => world.story.includes('RESTARTING'))
    expect(world.now()).to.equal(at)
  })

  it('restarts when asked to, without counting it', async () => {
    const { world, lifecycle, reach } = start(allOk)
    await reach('hook monitor')
    for (let i = 0; i < 10; i++) {
      expect(lifecycle.restart('SIGHUP')).to.equal(true)
      await world.clock.runUntil(() => states(world).filter((state) => state === 'UP').length === i + 2)
    }
    expect(world.announcements.at(-2)).to.include({ state: 'RESTARTING', attempt: 0, reason: 'SIGHUP' })
    expect(states(world)).not.to.include('ERROR')
  })

  it('runs what is scheduled', async () => {
    const { world, reach } = start({ ...allOk, backup: 'ok' }, settingsWith(), (world) => {
      world.scheduled = ['backup']
    })
    await reach('hook backup')
    expect(states(world).at(-1)).to.equal('UP')
  })
})

describe('RESTARTING', () => {
  it('backs off longer each time in a row, and gives up past the limit with the last outputs of the monitor', async () => {
    const { world, end } = start({ ...allOk, monitor: { ends: 'failed', after: 0, output: 'no answer' } })
    expect(await end()).to.equal(1)
    const restarts = world.announcements.filter(({ state }) => state === 'RESTARTING')
    // the sixth is entered only to find that the limit of five is reached
    expect(restarts.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4, 5, 0])
    const lasted = world.announcements
      .filter(({ previous }) => previous === 'RESTARTING')
      .map(({ previousMs }) => previousMs)
    expect(lasted).to.deep.equal([0, 1000, 2000, 4000, 8000, 0])
    const error = world.announcements.at(-1)
    expect(error?.state).to.equal('ERROR')
    expect(error?.reason).to.contain('ww.restart.limit')
    expect(error?.monitorOutputs).to.have.length(5).and.to.include('monitor failed: no answer')
  })

  it('begins the row anew after a stable time', async () => {
    const { world } = start({ ...allOk, monitor: ['failed', 'ok', 'ok', 'ok', 'ok', 'failed', 'ok'] })
    await world.clock.runUntil(() => states(world).filter((state) => state === 'RESTARTING').length === 2)
    expect(world.announcements.at(-1)?.attempt).to.equal(1)
  })

  it('tries again when svcup fails', async () => {
    const { world } = start({ ...allOk, svcup: ['ok', 'failed', 'ok'], monitor: ['failed', 'ok'] })
    await world.clock.runUntil(() => states(world).filter((state) => state === 'UP').length === 2)
    expect(states(world).slice(-4)).to.deep.equal(['UP', 'RESTARTING', 'RESTARTING', 'UP'])
    expect(world.announcements.at(-2)).to.include({ attempt: 2, reason: 'svcup failed' })
  })

  for (const hook of ['svcdown', 'svcup'] as const) {
    it(`ends in ERROR when ${hook} exits 125`, async () => {
      const behaviour = hook === 'svcup' ? (['ok', 'refused'] as const) : (['refused'] as const)
      const { world, end } = start({ ...allOk, [hook]: [...behaviour], monitor: 'failed' })
      expect(await end()).to.equal(1)
      expect(world.announcements.at(-1)?.reason).to.equal(`${hook} refused`)
    })
  }

  it('goes on when svcdown fails, and says so', async () => {
    const { world } = start({ ...allOk, svcdown: 'failed', monitor: ['failed', 'ok'] })
    await world.clock.runUntil(() => states(world).filter((state) => state === 'UP').length === 2)
    expect(world.lines).to.include('warning: svcdown failed')
  })

  for (const hook of ['drain', 'svcdown', 'svcup'] as const) {
    it(`stops when told to while ${hook} runs`, async () => {
      const behaviours: Hooks = hook === 'svcup' ? { svcup: ['ok', 'hangs'] } : { [hook]: ['hangs', 'ok'] }
      const { world, lifecycle, end } = start({ ...allOk, ...behaviours, monitor: 'failed' })
      await world.clock.runUntil(
        () =>
          world.story.lastIndexOf(`hook ${hook}`) > world.story.indexOf('RESTARTING') &&
          world.story.includes('RESTARTING'),
      )
      const at = world.now()
      lifecycle.stop('SIGTERM')
      expect(await end()).to.equal(0)
      expect(states(world).at(-1)).to.equal('STOPPED')
      expect(world.now() - at).to.be.at.most(9000)
    })
  }

  it('stops when told to while it backs off', async () => {
    const { world, lifecycle, end } = start({ ...allOk, monitor: 'failed' })
    await world.clock.runUntil(() => world.lines.includes('restarting in 1.0 s'))
    lifecycle.stop('SIGTERM')
    expect(await end()).to.equal(0)
  })
})

describe('WARMUP', () => {
  it('fails when a service ends before it is ready', async () => {
    const { world, end } = start({ ...allOk, serve: { ends: 'failed', after: 10 }, warmup: 'hangs' })
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal('serve ended: exit code 1 before it was ready')
  })

  it('fails when what it requires does not come, without having started anything', async () => {
    const { world, end } = start(allOk, settingsWith({ requires: ['tcp://db:5432'] }), (world) => {
      world.missing = 'gave up waiting for tcp://db:5432'
    })
    expect(await end()).to.equal(1)
    expect(world.story).not.to.include('hook svcup')
    expect(world.story).not.to.include('hook svcdown')
  })
})

describe('/data', () => {
  it('is not marked when firstboot fails', async () => {
    const { world, end } = start({ ...allOk, firstboot: 'failed' })
    await end()
    expect(world.story).to.include('begin firstboot')
    expect(world.story).not.to.include('mark')
  })

  it('that a firstboot left half-made is made again, and the hook is told', async () => {
    const { world, reach } = start(allOk, settingsWith(), (world) => {
      world.data = { kind: 'fresh', interrupted: true }
    })
    await reach('hook firstboot')
    expect(world.calls.at(-1)?.env).to.deep.equal({ WW_FIRSTBOOT_RETRY: '1' })
    expect(world.lines.join('\n')).to.contain('an earlier firstboot did not finish')
  })

  const newer = (world: FakeWorld): void => {
    world.data = { kind: 'initialised', version: '10.0' }
  }

  it('of a newer version is refused', async () => {
    const { world, end } = start(allOk, settingsWith({ version: '9.1' }), newer)
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason)
      .to.contain('newer than this image')
      .and.to.contain('ww.allow_downgrade')
    expect(world.story).not.to.include('hook upgrade')
  })

  it('of a newer version is taken when a downgrade is allowed', async () => {
    const { reach } = start(allOk, settingsWith({ version: '9.1', allowDowngrade: true }), newer)
    await reach('UP')
  })

  const unusable = (world: FakeWorld): void => {
    world.data = { kind: 'unusable', reason: 'cannot write to /data' }
  }

  it('that cannot be written is an error where a hook needs it', async () => {
    const { world, end } = start(allOk, settingsWith(), unusable)
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal(
      'cannot write to /data, and firstboot and upgrade would write there',
    )
  })

  it('that cannot be written does not matter where no hook needs it', async () => {
    const { world, reach } = start(
      { ...allOk, firstboot: 'absent', upgrade: 'absent' },
      settingsWith(),
      unusable,
    )
    await reach('UP')
    expect(world.story).not.to.include('mark')
  })
})

describe('stopping', () => {
  async function stopped(
    hooks: Hooks,
  ): Promise<{ world: FakeWorld; took: number; code: number | undefined; lifecycle: Lifecycle }> {
    const { world, lifecycle, reach, end } = start({ ...allOk, ...hooks })
    await reach('hook monitor')
    const asked = world.now()
    lifecycle.stop('SIGTERM')
    const code = await end()
    return { world, took: world.now() - asked, code, lifecycle }
  }

  for (const hook of ['drain', 'svcdown', 'serve'] as const) {
    it(`keeps the grace when ${hook} hangs`, async () => {
      const { world, took, code } = await stopped({ [hook]: 'hangs' })
      expect(code).to.equal(0)
      expect(took).to.be.at.most(9000 - 1000 - 500)
      expect(world.story.slice(-3)).to.deep.equal(['sweep', 'STOPPED', 'settled'])
    })
  }

  it('keeps the grace when all of them hang', async () => {
    const { took, world } = await stopped({ drain: 'hangs', serve: 'hangs', svcdown: 'hangs' })
    expect(took).to.be.at.most(9000 - 1000 - 500)
    expect(world.story).to.include('hook svcdown')
  })

  it('ends its log with where the time went and what had to be killed', async () => {
    const { world } = await stopped({
      drain: { ends: 'ok', after: 1200 },
      svcdown: { ends: 'ok', after: 300 },
    })
    expect(world.lines.at(-1)).to.equal(
      'stopped in 1.50 s (drain 1.20 s, svcdown 0.30 s); nothing had to be killed',
    )
  })

  it('names what had to be killed', async () => {
    const { world } = await stopped({ serve: 'hangs' })
    expect(world.lines.at(-1)).to.contain('had to kill serve')
  })

  it('tells whose wish it was', async () => {
    const { world } = await stopped({})
    expect(world.announcements.at(-1)).to.include({ state: 'STOPPED', previous: 'UP', reason: 'SIGTERM' })
  })

  it('in ERROR’s last step keeps to the grace, and still ends in ERROR', async () => {
    const { world, lifecycle, reach, end } = start({ ...allOk, warmup: 'failed', svcdown: 'hangs' })
    await reach('hook svcdown')
    const asked = world.now()
    lifecycle.stop('SIGTERM')
    expect(await end()).to.equal(1)
    expect(world.now() - asked).to.be.at.most(9000)
    expect(states(world).at(-1)).to.equal('ERROR')
  })
})
