import { expect } from 'chai'
import { startFake } from '../helpers/fake-instance.ts'
import { hangs, ignoresTerm } from '../helpers/fake-process.ts'
import { allOk, fails, type Hooks, hasNoRoom, refuses, settingsWith } from '../helpers/fake-world.ts'

const healthy = { output: '{"load":1}' }
const restartLines = (lines: readonly string[]): string[] => lines.filter((line) => /^RESTARTING/.test(line))

describe('UP', () => {
  it('is entered only after the first successful monitor, which runs after warmup', async () => {
    const monitor = [fails, fails, healthy]
    const { world, reach } = startFake({ ...allOk, monitor })
    await reach('UP')
    expect(world.story.slice(-6)).to.deep.equal([
      'hook svcup',
      'hook warmup',
      'hook monitor',
      'hook monitor',
      'hook monitor',
      'UP',
    ])
    expect(world.announcements.at(-1)?.reason).to.equal('monitor passed')
  })

  it('polls that monitor after 200 ms, doubling the pause up to 5 s', async () => {
    const { world, reach } = startFake({
      ...allOk,
      monitor: [...Array<typeof fails>(9).fill(fails), healthy],
    })
    const times: number[] = []
    const run = world.runHook.bind(world)
    world.runHook = (call, limit) => {
      if (call.name === 'monitor') times.push(world.now())
      return run(call, limit)
    }
    await reach('UP')
    const pauses = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(pauses).to.deep.equal([200, 400, 800, 1600, 3200, 5000, 5000, 5000, 5000])
  })

  it('is not entered when the monitor does not succeed within the limit of warmup', async () => {
    const { world, end } = startFake({ ...allOk, monitor: fails })
    const began = world.now()
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)).to.include({ state: 'ERROR', reason: 'monitor exited with code 1' })
    expect(world.now() - began).to.be.within(590_000, 600_000)
  })

  it('is entered without a monitor when warmup succeeds, or when there is nothing to wait for', async () => {
    const reason = async (hooks: Hooks): Promise<string | undefined> => {
      const { world, reach } = startFake({ ...allOk, ...hooks })
      await reach('UP')
      return world.announcements.at(-1)?.reason
    }
    expect(await reason({ monitor: null })).to.equal('warmup succeeded')
    expect(await reason({ monitor: null, warmup: null })).to.equal('services started')
  })

  it('pushes the result of the monitor before it, then runs the monitor at its interval', async () => {
    const { world, reach } = startFake(allOk)
    await reach('hook monitor')
    const first = world.now()
    await world.clock.runUntil(() => world.stats.length === 3)
    expect(world.now() - first).to.equal(60_000)
    expect(world.stats).to.deep.equal(['{"load":1}', '{"load":1}', '{"load":1}'])
    expect(world.monitors.map(({ ok, output }) => `${ok} ${output}`)).to.deep.equal(
      Array(3).fill('true {"load":1}'),
    )
  })

  it('pushes nothing when the monitor prints nothing', async () => {
    const { world, reach } = startFake({ ...allOk, monitor: {} })
    await reach('hook monitor', 3)
    expect(world.stats).to.deep.equal([])
    expect(world.monitors.at(-1)).to.include({ ok: true, output: '' })
  })

  it('runs the monitor when requested, and gives its result', async () => {
    const { world, lifecycle, reach } = startFake(allOk)
    await reach('UP')
    const requested = lifecycle.monitorNow()
    await world.clock.runUntil(() => world.stats.length === 2)
    expect(await requested).to.include({ kind: 'ended', output: '{"load":1}' })
  })

  it('gives no result of the monitor when it is left meanwhile', async () => {
    const { lifecycle, reach, stop } = startFake({ ...allOk, monitor: [healthy, hangs] })
    await reach('UP')
    const requested = lifecycle.monitorNow()
    await reach('hook monitor', 2)
    await stop()
    expect(await requested).to.equal(null)
  })

  it('is what monitorNow needs: before it there is no result', async () => {
    const { lifecycle, reach } = startFake({ ...allOk, warmup: hangs })
    await reach('hook warmup')
    expect(await lifecycle.monitorNow()).to.equal(null)
  })

  it('restarts the services when the monitor fails: svcdown, svcup, warmup, monitor, and UP again, without drain', async () => {
    const { world, reach } = startFake({ ...allOk, monitor: [healthy, fails, healthy] })
    await reach('UP', 2)
    expect(world.story.slice(world.story.indexOf('RESTARTING'))).to.deep.equal([
      'RESTARTING',
      'hook svcdown',
      'hook svcup',
      'hook warmup',
      'hook monitor',
      'UP',
    ])
    const facts = { attempt: 1, reason: 'monitor exited with code 1', previous: 'UP' }
    expect(world.announcements.find(({ state }) => state === 'RESTARTING')).to.include(facts)
    expect(world.lines).to.include('RESTARTING: monitor exited with code 1 (restart 1 of 5 within 10 min)')
  })

  for (const [what, output] of [
    ['broken JSON', '{"keys": }'],
    ['a list', '[1]'],
    ['a number', '7'],
    ['null', 'null'],
    ['two objects', '{} {}'],
  ] as const) {
    it(`takes a monitor that prints ${what} for a failed one`, async () => {
      const { world, reach } = startFake({ ...allOk, monitor: [healthy, { output }, healthy] })
      await reach('RESTARTING')
      const reason = `monitor printed ${JSON.stringify(output)}, which is not a JSON object`
      expect(world.announcements.at(-1)?.reason).to.equal(reason)
    })
  }

  it('tolerates fewer failures in a row than configured, with a warning', async () => {
    const { world, reach } = startFake(
      { ...allOk, monitor: [healthy, fails, fails, healthy, fails, fails, fails, healthy] },
      settingsWith({ monitor: { every: 30_000, failures: 3 } }),
    )
    await reach('RESTARTING')
    expect(world.calls.filter(({ name }) => name === 'monitor')).to.have.length(7)
    expect(world.lines.filter((line) => line.includes('before a restart'))).to.deep.equal(
      [1, 2, 1, 2].map((n) => `warning: monitor exited with code 1 (${n} of 3 before a restart)`),
    )
  })

  it('restarts when the monitor hangs past its limit, even if it ignores SIGTERM', async () => {
    const { world, reach } = startFake({ ...allOk, monitor: [healthy, ignoresTerm, healthy] })
    await reach('UP')
    const since = world.now()
    await reach('RESTARTING')
    expect(world.announcements.at(-1)?.reason).to.equal('monitor timed out after 20 s')
    expect(world.now() - since).to.be.at.most(50_000)
  })

  it('ends in ERROR, without a restart, when the monitor exits with 125', async () => {
    const { world, end, states } = startFake({ ...allOk, monitor: [healthy, refuses] })
    expect(await end()).to.equal(1)
    expect(states()).not.to.include('RESTARTING')
    expect(world.story).to.include('hook svcdown').and.not.to.include('hook drain')
  })

  it('restarts at once when a service ends, with how it ended', async () => {
    const { world, reach } = startFake({ ...allOk, serve: {}, svcup: null })
    await reach('UP')
    const at = world.now()
    world.services.get('serve')?.({ kind: 'killed', signal: 'SIGKILL', outOfMemory: true })
    await reach('RESTARTING')
    expect(world.now()).to.equal(at)
    expect(world.announcements.at(-1)?.reason).to.equal('serve was killed by SIGKILL (out of memory)')
  })

  it('ends in ERROR, without a restart, when a service exits with 125', async () => {
    const { world, reach, end, states } = startFake({ ...allOk, serve: {} })
    await reach('UP')
    world.services.get('serve')?.({ kind: 'exited', code: 125 })
    expect(await end()).to.equal(1)
    expect(states()).not.to.include('RESTARTING')
    expect(world.announcements.at(-1)?.reason).to.match(/^serve exited with code 125/)
  })

  it('ends a hanging monitor when a service ends', async () => {
    const { world, reach } = startFake({ ...allOk, serve: {}, monitor: [healthy, hangs, healthy] })
    await reach('hook monitor', 2)
    const at = world.now()
    world.services.get('serve')?.()
    await reach('RESTARTING')
    expect(world.now()).to.equal(at)
  })

  it('restarts when requested, with drain, and without counting it', async () => {
    const { world, lifecycle, reach, states } = startFake(allOk)
    await reach('UP')
    for (let i = 0; i < 10; i++) {
      expect(lifecycle.restart('SIGHUP')).to.equal(true)
      await reach('UP', i + 2)
    }
    expect(world.announcements.at(-2)).to.include({ state: 'RESTARTING', attempt: 0, reason: 'SIGHUP' })
    expect(states()).not.to.include('ERROR')
    expect(world.story.filter((line) => line === 'hook drain')).to.have.length(10)
    const drain = world.calls.find(({ name }) => name === 'drain')
    expect(drain).to.include({ state: 'RESTARTING', previous: 'UP' })
    expect(drain?.env).to.deep.equal({ WW_REASON: 'SIGHUP', WW_TIME_LEFT: '3' })
  })

  it('runs what is scheduled, and ends it when it is left', async () => {
    const { world, reach, stop, states } = startFake(
      { ...allOk, backup: hangs },
      settingsWith(),
      (unkind) => {
        unkind.scheduled = ['backup']
      },
    )
    await reach('hook backup')
    expect(states().at(-1)).to.equal('UP')
    expect(world.calls.at(-1)).to.include({ name: 'backup', state: 'UP' })
    expect(await stop()).to.equal(0)
  })

  it('is not ready from the instant at which a service ends, whatever still runs', async () => {
    const hooks = { ...allOk, warmup: null, serve: {}, backup: ignoresTerm }
    const { world, reach } = startFake(hooks, settingsWith(), (unkind) => {
      unkind.scheduled = ['backup']
    })
    await reach('hook backup')
    const died = world.date()
    const before = world.visible.length
    world.services.get('serve')?.({ kind: 'exited', code: 1 })
    await reach('RESTARTING')
    expect(world.date() - died).to.be.greaterThan(0)
    expect(world.visible[before]).to.deep.equal({
      state: 'RESTARTING',
      ready: false,
      reason: 'serve exited with code 1',
      since: died,
    })
  })

  it('continues when the machine has no room for the monitor, which says nothing of the service', async () => {
    const monitor = [healthy, ...Array<typeof hasNoRoom>(9).fill(hasNoRoom), healthy]
    const { world, reach, states, stop } = startFake({ ...allOk, serve: {}, warmup: null, monitor })
    await reach('hook monitor', 11)
    expect(states().at(-1)).to.equal('UP')
    expect(world.lines).to.include(
      'warning: monitor cannot be run: too many processes; whether the service is healthy is unknown until the next one',
    )
    await stop()
    expect(states()).not.to.include('RESTARTING')
  })

  it('restarts a service for which the machine had no room as often as any other', async () => {
    const { reach, states } = startFake({
      ...allOk,
      warmup: null,
      monitor: [healthy, hasNoRoom, healthy],
      serve: [{ after: 10, end: 1 }, { ...hasNoRoom, after: 0 }, {}],
    })
    await reach('UP', 2)
    expect(states()).not.to.include('ERROR')
  })

  it('is not drained when a stop comes after a service has ended', async () => {
    const hooks = { ...allOk, warmup: null, serve: {}, backup: ignoresTerm }
    const { world, lifecycle, reach, end } = startFake(hooks, settingsWith(), (unkind) => {
      unkind.scheduled = ['backup']
    })
    await reach('hook backup')
    world.services.get('serve')?.({ kind: 'exited', code: 1 })
    await world.clock.runUntil(() => !lifecycle.visible.ready)
    lifecycle.stop('SIGTERM')
    expect(await end()).to.equal(0)
    expect(world.story).not.to.include('hook drain')
  })

  it('has the services back after one kill of a server that takes seconds to start', async () => {
    const slow = [healthy, fails, fails, fails, fails, healthy]
    const { world, reach, states } = startFake({ ...allOk, serve: {}, warmup: null, monitor: slow })
    await reach('UP')
    world.services.get('serve')?.({ kind: 'killed', signal: 'SIGKILL', outOfMemory: false })
    await reach('UP', 2)
    expect(states().slice(-3)).to.deep.equal(['UP', 'RESTARTING', 'UP'])
  })
})

describe('RESTARTING', () => {
  const dies = { ...allOk, monitor: null, warmup: null, svcup: null, serve: { after: 10, end: 1 } }

  it('waits longer each time in a row, and gives up at the limit, which is not announced as one more restart', async () => {
    const { world, end, states } = startFake(dies)
    expect(await end()).to.equal(1)
    const restarts = world.announcements.filter(({ state }) => state === 'RESTARTING')
    expect(restarts.map(({ attempt }) => attempt)).to.deep.equal([1, 2, 3, 4, 5])
    const lasted = world.announcements.filter(({ previous }) => previous === 'RESTARTING')
    expect(lasted.map(({ previousMs }) => previousMs)).to.deep.equal([0, 1000, 2000, 4000, 8000])
    expect(states().slice(-2)).to.deep.equal(['UP', 'ERROR'])
    expect(world.lines).to.include(
      'ERROR: serve exited with code 1, restart limit exceeded (5 within 10 min)',
    )
    expect(restartLines(world.lines)[2]).to.equal(
      'RESTARTING: serve exited with code 1 (restart 3 of 5 within 10 min, next start in 2.0 s)',
    )
  })

  it('reports in ERROR the monitors that failed in a row, and only those', async () => {
    const monitor = [healthy, { end: 1, output: 'slow' }, healthy, { end: 3, output: 'no answer' }, fails]
    const settings = settingsWith({ timeouts: { ...settingsWith().timeouts, warmup: 1000 } })
    const { world, end } = startFake({ ...allOk, monitor }, settings)
    expect(await end()).to.equal(1)
    const outputs = world.announcements.at(-1)?.monitorOutputs
    expect(outputs).to.deep.equal(Array(5).fill('monitor exited with code 1'))
    const shown = world.monitors.map(({ ok, output }) => `${ok} ${output}`)
    expect(shown).to.include.members([
      'false monitor exited with code 1: slow',
      'false monitor exited with code 3: no answer',
      'false monitor exited with code 1',
    ])
  })

  it('reports no monitors in ERROR when they were healthy', async () => {
    const { world, reach, end } = startFake({ ...allOk, serve: {} })
    await reach('UP')
    world.services.get('serve')?.({ kind: 'exited', code: 125 })
    await end()
    expect(world.announcements.at(-1)).not.to.have.property('monitorOutputs')
  })

  it('starts a new row after a stable time', async () => {
    const monitor = [healthy, fails, healthy, healthy, healthy, healthy, fails, healthy]
    const { world, reach } = startFake({ ...allOk, monitor })
    await reach('RESTARTING', 2)
    expect(world.announcements.at(-1)?.attempt).to.equal(1)
  })

  it('tries again when svcup fails', async () => {
    const { world, reach, states } = startFake({
      ...allOk,
      svcup: [{}, fails, {}],
      monitor: [healthy, fails, healthy],
    })
    await reach('UP', 2)
    expect(states().slice(-4)).to.deep.equal(['UP', 'RESTARTING', 'RESTARTING', 'UP'])
    expect(world.announcements.at(-2)).to.include({ attempt: 2, reason: 'svcup exited with code 1' })
  })

  it('tries again when the monitor does not succeed in time', async () => {
    const settings = settingsWith({ timeouts: { ...settingsWith().timeouts, warmup: 1000 } })
    const monitor = [healthy, ...Array<typeof fails>(4).fill(fails), healthy]
    const { reach, states } = startFake({ ...allOk, monitor }, settings)
    await reach('UP', 2)
    expect(states().slice(-4)).to.deep.equal(['UP', 'RESTARTING', 'RESTARTING', 'UP'])
  })

  it('never runs drain, when it follows a crash or itself', async () => {
    const { world, reach } = startFake({
      ...allOk,
      svcup: [{}, fails, fails, {}],
      monitor: [healthy, fails, healthy],
    })
    await reach('UP', 2)
    expect(world.story).not.to.include('hook drain')
  })

  for (const hook of ['svcdown', 'svcup', 'warmup', 'monitor'] as const) {
    it(`ends in ERROR, and is not tried again, when ${hook} exits with 125`, async () => {
      const first = hook === 'svcdown' ? [] : [allOk[hook] as object]
      const later = hook === 'monitor' ? [healthy, fails, refuses] : [...first, refuses]
      const hooks = { ...allOk, monitor: [healthy, fails, healthy], [hook]: later }
      const { world, end, states } = startFake(hooks)
      expect(await end()).to.equal(1)
      expect(world.announcements.at(-1)?.reason).to.match(new RegExp(`^${hook} exited with code 125`))
      expect(states().slice(-3)).to.deep.equal(['UP', 'RESTARTING', 'ERROR'])
    })
  }

  it('ends in ERROR when a service that is started again exits with 125 or cannot be run', async () => {
    for (const end of [125, { kind: 'unrunnable', reason: 'it is gone' }] as const) {
      const serve = [{}, { end, after: 0 }]
      const { world, reach, end: ended, states } = startFake({ ...allOk, serve, warmup: [{}, hangs] })
      await reach('UP')
      world.services.get('serve')?.()
      expect(await ended()).to.equal(1)
      expect(states().slice(-3)).to.deep.equal(['UP', 'RESTARTING', 'ERROR'])
      expect(world.announcements.at(-1)?.reason).to.match(
        /^serve (exited with code 125|cannot be run: it is gone)/,
      )
    }
  })

  it('continues when svcdown fails, with a warning', async () => {
    const { world, reach } = startFake({ ...allOk, svcdown: fails, monitor: [healthy, fails, healthy] })
    await reach('UP', 2)
    expect(world.lines).to.include('warning: svcdown exited with code 1')
  })

  it('continues when svcdown hangs, with a warning', async () => {
    const { world, reach } = startFake({ ...allOk, svcdown: ignoresTerm, monitor: [healthy, fails, healthy] })
    await reach('UP', 2)
    expect(world.lines).to.include('warning: svcdown: cut short after 59 s (limit 1 min)')
  })
})
