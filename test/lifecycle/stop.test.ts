import { expect } from 'chai'
import { startFake } from '../helpers/fake-instance.ts'
import { type Behaviour, hangs, ignoresTerm, unkillable } from '../helpers/fake-process.ts'
import { allOk, type FakeWorld, fails, type Hooks, settingsWith } from '../helpers/fake-world.ts'

const grace = 9000
const healthy = { output: '{}' }
const stubborn: [what: string, behaviour: Behaviour][] = [
  ['hangs', hangs],
  ['ignores SIGTERM', ignoresTerm],
  ['cannot be killed', unkillable],
]
const count = (world: FakeWorld, line: string): number => world.story.filter((one) => one === line).length

/** Brings an instance UP, stops it, and resolves with the world and how long the stop took. */
async function stopped(
  hooks: Hooks,
  prepare: (world: FakeWorld) => void = () => {},
  settings = settingsWith(),
) {
  const instance = startFake({ ...allOk, serve: {}, ...hooks }, settings, prepare)
  await instance.reach('UP')
  const took = await instance.stop()
  return { ...instance, took, code: await instance.end() }
}

describe('a stop from UP', () => {
  for (const [what, behaviour] of stubborn) {
    for (const part of [
      'drain',
      'svcdown',
      'serve',
      'monitor',
      'a leftover',
      'the last announcement',
    ] as const) {
      it(`fits the grace period when ${part} ${what}, and STOPPED is announced`, async () => {
        const hooks = part === 'monitor' ? { monitor: [healthy, behaviour] } : { [part]: behaviour }
        const instance = startFake(
          { ...allOk, serve: {}, ...hooks },
          settingsWith({ monitor: { every: 1000, failures: 1 } }),
          (world) => {
            if (part === 'a leftover') world.leftovers = [behaviour]
            if (part === 'the last announcement') world.delivery = behaviour
          },
        )
        await instance.reach(part === 'monitor' ? 'hook monitor' : 'UP', part === 'monitor' ? 2 : 1)
        expect(await instance.stop()).to.be.at.most(grace - 250)
        expect(await instance.end()).to.equal(0)
        expect(instance.states().at(-1)).to.equal('STOPPED')
        expect(instance.world.clock.pending).to.equal(0)
      })
    }

    it(`fits the grace period when everything ${what}, each step having had its part`, async () => {
      const hooks = { drain: behaviour, svcdown: behaviour, serve: behaviour, 'serve-two': behaviour }
      const { took, code, world } = await stopped(hooks, (unkind) => {
        unkind.leftovers = [behaviour, behaviour]
        unkind.delivery = behaviour
      })
      expect(took).to.be.at.most(grace - 250)
      expect(code).to.equal(0)
      const steps = [
        'hook drain',
        'end serve',
        'end serve-two',
        'hook svcdown',
        'sweep',
        'STOPPED',
        'flushed',
      ]
      expect(world.story.slice(-7)).to.deep.equal(steps)
    })
  }

  it('gives drain half, services three quarters of the rest, svcdown the rest, and the sweep its second', async () => {
    const { world, took } = await stopped(
      { drain: ignoresTerm, serve: ignoresTerm, svcdown: ignoresTerm },
      (unkind) => {
        unkind.leftovers = [ignoresTerm]
      },
      settingsWith({ timeouts: { ...settingsWith().timeouts, drain: 60_000 } }),
    )
    expect(took).to.be.at.most(8750)
    expect(world.lines.at(-1)).to.equal(
      'exit code 0 after 8.0 s: drain 3.4 s, services 2.7 s, svcdown 1.1 s, sweep 900 ms, announcement 0 ms; killed serve and 1 other',
    )
  })

  it('gives services all of it where there is no svcdown', async () => {
    const { world } = await stopped({ serve: ignoresTerm, svcdown: null, drain: null })
    expect(world.lines.at(-1)).to.contain('drain none, services 7.0 s, svcdown none, sweep 0 ms')
  })

  it('is as short as its steps when they are', async () => {
    const { took, world } = await stopped({ drain: { after: 1200 }, svcdown: { after: 300 } })
    expect(took).to.equal(1500)
    expect(world.lines.at(-1)).to.equal(
      'exit code 0 after 1.5 s: drain 1.2 s, services 0 ms, svcdown 300 ms, sweep 0 ms, announcement 0 ms; nothing was killed',
    )
  })

  it('names what was killed, and what could not be', async () => {
    const { world } = await stopped({ serve: ignoresTerm }, (unkind) => {
      unkind.leftovers = [ignoresTerm, unkillable]
    })
    expect(world.lines.join('\n'))
      .to.match(/warning: serve: ignored SIGTERM for 5\.\d s, sent SIGKILL \(pid 7\)/)
      .and.to.contain('warning: SIGKILL did not end leftover (pid 1)')
      .and.to.contain('killed serve and 1 other')
  })

  it('warns of a service that cannot be killed', async () => {
    const { world } = await stopped({ serve: unkillable })
    expect(world.lines.join('\n')).to.match(
      /warning: serve: SIGKILL did not end it \(pid 7\), abandoned after 5\.\d s/,
    )
  })

  it('warns of a drain that fails or is cut short, and continues', async () => {
    expect((await stopped({ drain: fails })).world.lines).to.include('warning: drain exited with code 1')
    const { world } = await stopped({ drain: ignoresTerm })
    expect(world.lines.join('\n')).to.match(/warning: drain: cut short after 3\.\d s \(limit 5 s\)/)
    expect(world.story).to.include('hook svcdown')
  })

  it('reports who requested it', async () => {
    const { world } = await stopped({})
    expect(world.announcements.at(-1)).to.include({ state: 'STOPPED', previous: 'UP', reason: 'SIGTERM' })
  })

  it('passes on the reason and the seconds that are left to drain and svcdown', async () => {
    const { world } = await stopped({ drain: { after: 1000 } })
    const env = (name: string) => world.calls.find((call) => call.name === name)?.env
    expect(env('drain')).to.deep.equal({ WW_REASON: 'SIGTERM', WW_TIME_LEFT: '2' })
    expect(env('svcdown')).to.deep.equal({ WW_REASON: 'SIGTERM', WW_TIME_LEFT: '4' })
  })

  it('cuts old announcements first, so that the last one is delivered', async () => {
    const { world } = await stopped({}, (unkind) => {
      unkind.delivery = { after: 300 }
    })
    expect(world.delivered.at(-1)).to.equal('STOPPED')
  })

  it('is forced by a second signal: services get 300 ms, svcdown is skipped, and the exit code is 0', async () => {
    const instance = startFake({ ...allOk, serve: ignoresTerm, drain: ignoresTerm })
    await instance.reach('UP')
    const requested = instance.world.now()
    instance.lifecycle.stop('SIGTERM')
    await instance.world.clock.advance(100)
    instance.lifecycle.stop('SIGTERM')
    expect(await instance.end()).to.equal(0)
    expect(instance.world.now() - requested).to.be.within(400, 700)
    expect(instance.world.story).not.to.include('hook svcdown')
    expect(instance.world.announcements.at(-1)?.reason).to.equal('SIGTERM, forced')
    expect(instance.world.lines).to.include('STOPPING: SIGTERM again, forced')
    expect(instance.world.lines.at(-1)).to.contain('svcdown skipped')
  })
})

describe('a stop from RESTARTING', () => {
  for (const [what, behaviour] of stubborn) {
    for (const part of ['serve', 'svcdown', 'svcup', 'warmup', 'monitor'] as const) {
      it(`fits the grace period when ${part} ${what}, from the instant of the request`, async () => {
        const second: Hooks = {
          serve: behaviour,
          svcdown: behaviour,
          svcup: [{}, behaviour],
          warmup: [{}, behaviour],
          monitor: [healthy, behaviour],
        }
        const instance = startFake({ ...allOk, serve: {}, [part]: second[part] ?? null })
        await instance.reach('UP')
        instance.lifecycle.restart('SIGHUP')
        const step = part === 'serve' ? 'end serve' : `hook ${part}`
        await instance.reach(step, { serve: 1, svcdown: 1, svcup: 2, warmup: 2, monitor: 2 }[part])
        await instance.world.clock.advance(100)
        expect(await instance.stop()).to.be.at.most(grace - 250)
        expect(await instance.end()).to.equal(0)
        expect(instance.states().at(-1)).to.equal('STOPPED')
        // once for each time that UP was left: a service that ends in time lets the restart end first
        const left = instance.states().filter((state) => state === 'UP').length
        expect(count(instance.world, 'hook drain')).to.equal(left)
      })
    }
  }

  it('runs drain once when it comes before the monitor of UP has ended', async () => {
    const monitor = [healthy, { ...hangs, onTerm: 1000 }]
    const instance = startFake({ ...allOk, serve: {}, monitor })
    await instance.reach('hook monitor', 2)
    instance.lifecycle.restart('SIGHUP')
    await instance.stop()
    expect(count(instance.world, 'hook drain')).to.equal(1)
    expect(instance.states()).not.to.include('RESTARTING')
  })

  it('lets a drain that has begun end, and runs no second one', async () => {
    const instance = startFake({ ...allOk, serve: {}, drain: { after: 1000 } })
    await instance.reach('UP')
    instance.lifecycle.restart('SIGHUP')
    await instance.reach('hook drain')
    expect(await instance.stop()).to.equal(1000)
    expect(count(instance.world, 'hook drain')).to.equal(1)
    expect(instance.world.story).to.include('hook svcdown')
  })

  it('runs no svcdown again that has ended', async () => {
    const instance = startFake({ ...allOk, serve: { after: 10 }, warmup: null, monitor: null })
    await instance.reach('RESTARTING', 2)
    await instance.stop()
    expect(count(instance.world, 'hook svcdown')).to.equal(2)
  })

  it('cuts the back-off short', async () => {
    const instance = startFake({ ...allOk, serve: { after: 10 }, warmup: null, monitor: null })
    await instance.reach('RESTARTING', 5)
    await instance.world.clock.advance(100)
    expect(await instance.stop()).to.equal(0)
  })

  it('runs no drain after a crash', async () => {
    const instance = startFake({ ...allOk, serve: {}, svcdown: { after: 1000 } })
    await instance.reach('UP')
    instance.world.services.get('serve')?.()
    await instance.reach('hook svcdown')
    await instance.stop()
    expect(count(instance.world, 'hook drain')).to.equal(0)
  })
})

describe('a stop from FAILING', () => {
  for (const [what, behaviour] of stubborn) {
    it(`fits the grace period when services and svcdown ${what}, and still ends in ERROR`, async () => {
      const hooks = { ...allOk, warmup: fails, serve: behaviour, svcdown: behaviour }
      const instance = startFake(hooks, settingsWith(), (world) => {
        world.leftovers = [behaviour]
      })
      await instance.reach('end serve')
      await instance.world.clock.advance(3000)
      expect(await instance.stop()).to.be.at.most(grace - 250)
      expect(await instance.end()).to.equal(1)
      expect(instance.states().at(-1)).to.equal('ERROR')
    })
  }
})

describe('the end of an instance that failed', () => {
  it('sweeps once where nothing is held', async () => {
    const { world, end } = startFake({ ...allOk, warmup: fails })
    expect(await end()).to.equal(1)
    expect(count(world, 'sweep')).to.equal(1)
  })
})

describe('a stop while something is waited for', () => {
  it('of what is required ends the wait, with nothing started', async () => {
    const instance = startFake(allOk, settingsWith({ requires: ['tcp://db:5432'] }), (world) => {
      world.missing = 'cannot reach tcp://db:5432'
    })
    await instance.reach('WARMUP')
    expect(await instance.stop()).to.equal(0)
    expect(instance.world.story).not.to.include('hook svcup').and.not.to.include('hook svcdown')
  })

  it('of the lock on /data ends the wait', async () => {
    const instance = startFake(allOk, settingsWith(), (world) => {
      world.lock = { kind: 'held', for: Number.POSITIVE_INFINITY }
    })
    await instance.reach('FIRSTBOOT')
    expect(await instance.stop()).to.equal(0)
    expect(instance.world.story).not.to.include('lock')
  })

  it('of a hook ends it first, and accounts for the time', async () => {
    const instance = startFake({ ...allOk, firstboot: { ...hangs, onTerm: 1000 } })
    await instance.reach('hook firstboot')
    await instance.world.clock.advance(60_000)
    expect(await instance.stop()).to.equal(1000)
    expect(instance.world.lines.at(-1)).to.contain(
      'exit code 0 after 1.0 s: leaving FIRSTBOOT 1.0 s, sweep 0 ms',
    )
  })
})

describe('a stop with a grace period of its own', () => {
  for (const [ms, sweep, announce] of [
    [300, 50, 50],
    [1000, 200, 100],
    [60_000, 1000, 500],
  ] as const) {
    it(`of ${ms} ms fits it when nothing can be killed`, async () => {
      const settings = settingsWith({ stop: { grace: ms, sweep, announce } })
      const hooks = { drain: unkillable, serve: unkillable, svcdown: unkillable }
      const { took } = await stopped(
        hooks,
        (world) => {
          world.leftovers = [unkillable]
          world.delivery = unkillable
        },
        settings,
      )
      expect(took).to.be.at.most(ms)
    })
  }
})
