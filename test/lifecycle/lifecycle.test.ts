import { expect } from 'chai'
import { startFake } from '../helpers/fake-instance.ts'
import { hangs } from '../helpers/fake-process.ts'
import { allOk, fails, type Hooks, refuses, settingsWith } from '../helpers/fake-world.ts'

describe('a lifecycle without trouble', () => {
  it('boots a fresh /data, comes UP, and stops, calling each hook in its state', async () => {
    const { world, stop, reach, end } = startFake({ ...allOk, serve: {} })
    await reach('UP')
    await stop()
    expect(await end()).to.equal(0)
    expect(world.story).to.deep.equal([
      'BOOT',
      'hook boot',
      'FIRSTBOOT',
      'lock',
      'begin firstboot',
      'hook firstboot',
      'mark',
      'unlock',
      'UPGRADING',
      'lock',
      'hook upgrade',
      'unlock',
      'WARMUP',
      'hook svcup',
      'start serve',
      'hook warmup',
      'hook monitor',
      'UP',
      'hook drain',
      'end serve',
      'hook svcdown',
      'sweep',
      'STOPPED',
      'flushed',
    ])
  })

  it('logs each state in one line that can be understood alone', async () => {
    const { world, stop, reach } = startFake({ ...allOk, serve: {}, warmup: { after: 2400 } })
    await reach('UP')
    await stop()
    expect(world.lines).to.deep.equal([
      'BOOT: started (shop 1 on one)',
      'FIRSTBOOT: /data is not initialised',
      'UPGRADING: firstboot succeeded (0 ms)',
      'WARMUP: upgrade succeeded (0 ms, 1 as before)',
      'warmup is running (for 1.0 s, limit 10 min)',
      'UP: monitor passed (ready after 2.4 s, 1 service)',
      'STOPPING: SIGTERM (grace period 9 s)',
      'STOPPED: SIGTERM',
      'exit code 0 after 0 ms: drain 0 ms, services 0 ms, svcdown 0 ms, sweep 0 ms, announcement 0 ms; nothing was killed',
    ])
  })

  it('leaves no timer behind', async () => {
    const { world, stop, reach } = startFake({ ...allOk, serve: {} })
    await reach('UP')
    await stop()
    expect(world.clock.pending).to.equal(0)
  })

  it('reports how long the previous state lasted', async () => {
    const { world, reach } = startFake({ ...allOk, boot: { after: 1500 } })
    await reach('FIRSTBOOT')
    const facts = {
      state: 'FIRSTBOOT',
      previous: 'BOOT',
      previousMs: 1500,
      reason: '/data is not initialised',
    }
    expect(world.announcements[1]).to.include(facts)
  })

  it('reports the first state without a previous one', async () => {
    const { world, reach } = startFake(allOk)
    await reach('BOOT')
    expect(world.announcements[0]).to.include({ state: 'BOOT', previous: null, previousMs: 0, attempt: 0 })
    expect(world.announcements[0]?.at).to.be.greaterThan(1e12)
  })

  it('tells each hook the state that runs it, and the one before', async () => {
    const { world, reach, stop } = startFake({ ...allOk, serve: {} })
    await reach('UP')
    await stop()
    const seen = world.calls.map(({ name, state, previous }) => `${name} ${previous} ${state}`)
    expect(seen).to.deep.equal([
      'boot null BOOT',
      'firstboot BOOT FIRSTBOOT',
      'upgrade FIRSTBOOT UPGRADING',
      'svcup UPGRADING WARMUP',
      'warmup UPGRADING WARMUP',
      'monitor UPGRADING WARMUP',
      'drain UP STOPPING',
      'svcdown UP STOPPING',
    ])
  })
})

/** The hook that runs in each state on the way up, and the announcements up to there. */
const hookOfState: [hook: string, announced: string[]][] = [
  ['boot', ['BOOT']],
  ['firstboot', ['BOOT', 'FIRSTBOOT']],
  ['upgrade', ['BOOT', 'FIRSTBOOT', 'UPGRADING']],
  ['svcup', ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP']],
  ['warmup', ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP']],
  ['monitor', ['BOOT', 'FIRSTBOOT', 'UPGRADING', 'WARMUP']],
]

for (const [hook, announced] of hookOfState) {
  const servicesStarted = announced.includes('WARMUP')
  describe(`${hook} in ${announced.at(-1)}`, () => {
    const ways: [how: string, behaviour: Hooks[string], reason: string][] = [
      ['exits with 125', refuses, `${hook} exited with code 125, which means "don't try again"`],
      [
        'cannot be run',
        { end: { kind: 'unrunnable', reason: 'it is a directory' } },
        `${hook} cannot be run: it is a directory`,
      ],
    ]
    if (hook !== 'monitor') ways.push(['fails', fails, `${hook} exited with code 1`])
    for (const [how, behaviour, reason] of ways) {
      it(`leads to ERROR and exit code 1 when it ${how}${servicesStarted ? ', after svcdown' : ''}`, async () => {
        const { world, end, states } = startFake({ ...allOk, [hook]: behaviour })
        expect(await end()).to.equal(1)
        expect(states()).to.deep.equal([...announced, 'ERROR'])
        expect(world.announcements.at(-1)?.reason).to.equal(reason)
        expect(world.story.includes('hook svcdown')).to.equal(servicesStarted)
        expect(world.story).not.to.include('hook drain')
        expect(world.delivered).to.include('ERROR')
      })
    }

    it('leads to ERROR when it hangs past its limit', async () => {
      const { world, end } = startFake({ ...allOk, [hook]: hangs })
      expect(await end()).to.equal(1)
      expect(world.announcements.at(-1)?.reason).to.match(new RegExp(`^${hook} timed out after `))
    })

    it('is ended by a stop, which then exits with 0', async () => {
      const { world, reach, stop, end, states } = startFake({ ...allOk, [hook]: hangs })
      await reach(`hook ${hook}`)
      expect(await stop()).to.equal(0)
      expect(await end()).to.equal(0)
      expect(states()).to.deep.equal([...announced, 'STOPPED'])
      expect(world.story.includes('hook svcdown')).to.equal(servicesStarted)
      expect(world.story).not.to.include('hook drain')
    })

    it('does not delay a forced stop, even when it ignores SIGTERM', async () => {
      const stubborn = { ...hangs, onTerm: Number.POSITIVE_INFINITY }
      const { world, lifecycle, reach, end } = startFake({ ...allOk, [hook]: stubborn })
      await reach(`hook ${hook}`)
      const requested = world.now()
      expect(lifecycle.stop('SIGTERM')).to.equal('begun')
      expect(lifecycle.stop('SIGTERM')).to.equal('forced')
      expect(lifecycle.stop('SIGTERM')).to.equal('ignored')
      expect(await end()).to.equal(0)
      expect(world.now() - requested).to.equal(0)
      expect(world.story).to.include('sweep at once').and.not.to.include('hook svcdown')
      expect(world.announcements.at(-1)?.reason).to.equal('SIGTERM, forced')
    })

    it('is not disturbed by a requested restart', async () => {
      const { lifecycle, reach, states } = startFake({ ...allOk, [hook]: { after: 100 } })
      await reach(`hook ${hook}`)
      expect(lifecycle.restart('SIGHUP')).to.equal(false)
      await reach('UP')
      expect(states()).not.to.include('RESTARTING')
    })

    it('is skipped when it is absent', async () => {
      const { world, reach } = startFake({ ...allOk, [hook]: null })
      await reach('UP')
      expect(world.story).not.to.include(`hook ${hook}`)
    })

    it('leads through svcdown to ERROR, with its stack trace, when whaleware itself throws', async () => {
      const { world, end, states } = startFake(allOk, settingsWith(), (unkind) => {
        const run = unkind.runHook.bind(unkind)
        unkind.runHook = async (call, limit) => {
          if (call.name === hook) throw new Error('no such thing')
          return run(call, limit)
        }
      })
      expect(await end()).to.equal(1)
      expect(states()).to.deep.equal([...announced, 'ERROR'])
      expect(world.announcements.at(-1)?.reason).to.equal('bug: no such thing')
      expect(world.bugs).to.have.length(1)
      expect(world.story.includes('hook svcdown')).to.equal(servicesStarted)
    })
  })
}

describe('a bug', () => {
  it('while the services stop still ends in an announced ERROR, within the grace period', async () => {
    const { world, reach, stop, end, states } = startFake(
      { ...allOk, serve: {} },
      settingsWith(),
      (unkind) => {
        unkind.sweep = async () => {
          throw new Error('no /proc')
        }
      },
    )
    await reach('UP')
    expect(await stop()).to.be.at.most(9000)
    expect(await end()).to.equal(1)
    expect(states().at(-1)).to.equal('ERROR')
    expect(world.story.filter((line) => line === 'hook svcdown')).to.have.length(1)
  })

  it('outside the activities stops the services without drain, and ends in ERROR', async () => {
    const { world, lifecycle, reach, end, states } = startFake({ ...allOk, serve: {} })
    await reach('UP')
    lifecycle.fail(new Error('a listener threw'))
    expect(lifecycle.visible).to.include({ state: 'FAILING', ready: false })
    expect(await end()).to.equal(1)
    expect(states().at(-1)).to.equal('ERROR')
    expect(world.bugs).to.have.length(1)
    expect(world.story).to.include('hook svcdown').and.not.to.include('hook drain')
  })

  it('is named by what was thrown, also when that is no error', async () => {
    const { world, lifecycle, reach, end } = startFake(allOk)
    await reach('UP')
    lifecycle.fail('a text')
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal('bug: a text')
  })

  it('that leaves a step waiting for ever does not outlast the grace period', async () => {
    const { world, reach, stop, end } = startFake({ ...allOk, serve: {} }, settingsWith(), (unkind) => {
      unkind.sweep = () => new Promise(() => {})
    })
    await reach('UP')
    expect(await stop()).to.equal(9000)
    expect(await end()).to.equal(0)
    expect(world.lines).to.include('error: the grace period is over in STOPPING; exiting')
  })
})

describe('what is visible of an instance', () => {
  const seen = (world: { visible: readonly { state: string; ready: boolean }[] }): string[] =>
    world.visible.map(({ state, ready }) => `${state} ${ready ? 'ready' : 'not ready'}`)

  it('is BOOT before anything has run', () => {
    const { lifecycle, world } = startFake(allOk)
    const expected = { state: 'BOOT', reason: 'started', since: world.date(), ready: false }
    expect(lifecycle.visible).to.deep.equal(expected)
  })

  it('is ready only in UP, from BOOT to STOPPED', async () => {
    const { world, reach, stop } = startFake({ ...allOk, serve: {} })
    await reach('UP')
    await stop()
    expect(seen(world)).to.deep.equal([
      'BOOT not ready',
      'FIRSTBOOT not ready',
      'UPGRADING not ready',
      'WARMUP not ready',
      'UP ready',
      'STOPPING not ready',
      'STOPPED not ready',
    ])
  })

  it('is not ready from the instant at which a stop is requested', async () => {
    const { world, lifecycle, reach } = startFake({ ...allOk, drain: { after: 1000 } })
    await reach('UP')
    expect(lifecycle.visible.ready).to.equal(true)
    lifecycle.stop('ww stop')
    expect(lifecycle.visible).to.include({ state: 'STOPPING', ready: false, reason: 'ww stop' })
    expect(world.visible.at(-1)).to.include({ state: 'STOPPING', ready: false, reason: 'ww stop' })
  })

  it('is not ready from the instant at which a restart is requested, though the monitor is still ending', async () => {
    const monitor = [{}, { ...hangs, onTerm: 500 }, {}]
    const { world, lifecycle, reach, states } = startFake({ ...allOk, monitor })
    await reach('hook monitor', 2)
    lifecycle.restart('SIGHUP')
    expect(world.visible.at(-1)).to.include({ state: 'RESTARTING', ready: false, reason: 'SIGHUP' })
    expect(states().at(-1)).to.equal('UP')
    await reach('UP', 2)
    expect(world.visible.at(-1)).to.include({ state: 'UP', ready: true })
  })

  it('is not ready while a failure stops the services', async () => {
    const { world, reach } = startFake({ ...allOk, serve: {}, svcdown: { after: 1000 } })
    await reach('UP')
    world.services.get('serve')?.({ kind: 'exited', code: 125 })
    await reach('hook svcdown')
    expect(world.visible.at(-1)).to.include({ state: 'FAILING', ready: false })
    expect(world.calls.at(-1)).to.include({ name: 'svcdown', state: 'FAILING', previous: 'UP' })
  })
})

describe('HELD', () => {
  const held = settingsWith({ onError: 'hold' })

  it('follows an announced ERROR, with nothing swept, and is ended by a stop with exit code 1', async () => {
    const { world, reach, stop, end, states, lifecycle } = startFake({ ...allOk, warmup: fails }, held)
    await world.clock.runUntil(() => lifecycle.visible.state === 'HELD')
    expect(lifecycle.visible).to.include({ ready: false, reason: 'warmup exited with code 1' })
    expect(world.story).to.include('flushed').and.not.to.include('sweep')
    await reach('flushed')
    expect(await stop()).to.equal(0)
    expect(await end()).to.equal(1)
    expect(world.story.at(-1)).to.equal('sweep')
    expect(states().at(-1)).to.equal('ERROR')
  })

  it('is passed over when a stop was requested while the services were being stopped', async () => {
    const { world, reach, stop, end } = startFake({ ...allOk, warmup: fails, svcdown: { after: 1000 } }, held)
    await reach('hook svcdown')
    await stop()
    expect(await end()).to.equal(1)
    expect(world.lines.join()).not.to.contain('held')
    expect(world.story).to.include('sweep')
  })

  it('advises to hold the container only where it was not held', async () => {
    const advised = async (settings = settingsWith()): Promise<boolean> => {
      const { world, reach } = startFake({ ...allOk, boot: fails }, settings)
      await reach('flushed')
      return world.lines.some((line) => line.startsWith('try: start with ww.on_error "hold"'))
    }
    expect([await advised(), await advised(held)]).to.deep.equal([true, false])
  })
})
