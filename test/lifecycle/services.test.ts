import { expect } from 'chai'
import { startFake } from '../helpers/fake-instance.ts'
import { hangs, ignoresTerm } from '../helpers/fake-process.ts'
import { allOk, type FakeWorld, fails, type Hooks, refuses } from '../helpers/fake-world.ts'
import { servicesWith } from '../helpers/service-settings.ts'

/** Hooks that do nothing, and services. */
const withServices = (services: Hooks): Hooks => ({ ...allOk, svcup: null, warmup: null, ...services })
const stateOf = (world: FakeWorld, name: string): string | undefined =>
  world.serviceStatus.find((service) => service.name === name)?.state
const starts = (world: FakeWorld, name: string): number =>
  world.story.filter((line) => line === `start ${name}`).length
const die = (world: FakeWorld, name: string, code = 1): void =>
  world.services.get(name)?.({ kind: 'exited', code })

describe('services', () => {
  it('start in parallel, and are ready as soon as they run', async () => {
    const { world, reach } = startFake(withServices({ serve: hangs, 'serve-two': hangs }))
    await reach('UP')
    expect(world.serviceStatus.map(({ name, state, pid }) => `${name} ${state} ${pid}`)).to.deep.equal([
      'serve ready 7',
      'serve-two ready 7',
    ])
    expect(world.lines.at(-1)).to.equal('UP: monitor passed (ready after 0 ms, 2 services)')
  })

  it('start after those that they are after, when these are ready', async () => {
    const settings = servicesWith({
      'serve-web': { after: ['serve-php', 'serve-db'] },
      'serve-php': { after: ['serve-db'] },
      'serve-db': { ready: { address: 'tcp:5432' } },
    })
    const { world, reach } = startFake(
      withServices({ 'serve-web': hangs, 'serve-php': hangs, 'serve-db': hangs }),
      settings,
      (created) => created.readyAfter.set('serve-db', 700),
    )
    await reach('start serve-db')
    const began = world.now()
    expect(world.serviceStatus.find(({ name }) => name === 'serve-web')).to.include({
      state: 'starting',
      reason: 'waiting for serve-php, serve-db',
    })
    await reach('start serve-web')
    expect(world.now() - began).to.equal(700)
    expect(world.story.filter((line) => line.startsWith('start '))).to.deep.equal([
      'start serve-db',
      'start serve-php',
      'start serve-web',
    ])
  })

  it('end in the reverse order', async () => {
    const settings = servicesWith({
      'serve-web': { after: ['serve-php'] },
      'serve-php': { after: ['serve-db'] },
    })
    const { world, reach, stop } = startFake(
      withServices({ 'serve-db': hangs, 'serve-php': hangs, 'serve-web': hangs }),
      settings,
    )
    await reach('UP')
    await stop()
    expect(world.story.filter((line) => line.startsWith('end '))).to.deep.equal([
      'end serve-web',
      'end serve-php',
      'end serve-db',
    ])
  })

  it('end within the grace period, all of them, however unresponsive a chain of them is', async () => {
    const settings = servicesWith({
      'serve-web': { after: ['serve-php'] },
      'serve-php': { after: ['serve-db'] },
    })
    const { world, reach, stop } = startFake(
      withServices({ 'serve-db': ignoresTerm, 'serve-php': ignoresTerm, 'serve-web': ignoresTerm }),
      settings,
    )
    await reach('UP')
    expect(await stop()).to.be.at.most(9000)
    expect(world.story).to.include.members(['end serve-db', 'end serve-php', 'end serve-web', 'sweep'])
  })

  it('end at once, all of them, when a stop is forced', async () => {
    const settings = servicesWith({ 'serve-web': { after: ['serve-php'] } })
    const { world, lifecycle, reach, end } = startFake(
      withServices({ 'serve-php': ignoresTerm, 'serve-web': ignoresTerm }),
      settings,
    )
    await reach('UP')
    lifecycle.stop('SIGTERM')
    await reach('end serve-web')
    const forced = world.now()
    lifecycle.stop('SIGTERM')
    await end()
    expect(world.now() - forced).to.be.at.most(1000)
    expect(world.story).to.include('end serve-php')
  })
})

describe('a service that is not essential', () => {
  const start = (behaviour: Hooks = {}, own = {}) =>
    startFake(
      withServices({ serve: hangs, 'serve-exporter': hangs, ...behaviour }),
      servicesWith({ 'serve-exporter': own }),
    )

  it('is restarted alone when it exits: at once, then after the back-off; the instance stays UP and ready', async () => {
    const { world, reach, states } = start()
    await reach('UP')
    const began = world.now()
    die(world, 'serve-exporter')
    await reach('start serve-exporter', 2)
    expect(world.now() - began).to.equal(0)
    die(world, 'serve-exporter')
    await reach('start serve-exporter', 3)
    expect(world.now() - began).to.equal(1000)
    expect(states().at(-1)).to.equal('UP')
    expect(world.visible.at(-1)).to.include({ state: 'UP', ready: true })
    expect(world.lines.slice(-2)).to.deep.equal([
      'warning: serve-exporter: exited with code 1 (restart 1 of 5 within 10 min)',
      'warning: serve-exporter: exited with code 1 (restart 2 of 5 within 10 min, next start in 1.0 s)',
    ])
  })

  it('is restarted at once again after a stable minute', async () => {
    const { world, reach } = start()
    await reach('UP')
    for (const count of [2, 3]) {
      await world.clock.advance(61_000)
      const began = world.now()
      die(world, 'serve-exporter')
      await reach('start serve-exporter', count)
      expect(world.now()).to.equal(began)
    }
  })

  it('shows, while it waits for the back-off, how it ended and when it is started again', async () => {
    const { world, reach } = start()
    await reach('UP')
    die(world, 'serve-exporter')
    await reach('start serve-exporter', 2)
    die(world, 'serve-exporter', 3)
    await world.clock.runUntil(() => stateOf(world, 'serve-exporter') === 'failed')
    expect(world.serviceStatus.at(-1)).to.deep.include({
      ...{ name: 'serve-exporter', pid: null, restarts: 1, exitCode: 3, signal: null },
      ...{ reason: 'exited with code 3', nextStartAt: world.date() + 1000 },
    })
  })

  it('reports its failure and its recovery', async () => {
    const { world, reach } = start()
    await reach('UP')
    die(world, 'serve-exporter')
    await reach('start serve-exporter', 2)
    await world.clock.runUntil(() => world.serviceReports.length === 2)
    expect(world.serviceReports.map(({ name, state, previous }) => [name, state, previous])).to.deep.equal([
      ['serve-exporter', 'failed', 'ready'],
      ['serve-exporter', 'ready', 'failed'],
    ])
  })

  it('is tried at the longest back-off when it has exceeded the restart limit', async () => {
    const { world, reach, states } = start()
    await reach('UP')
    for (let count = 2; count <= 6; count++) {
      die(world, 'serve-exporter')
      await reach('start serve-exporter', count)
    }
    die(world, 'serve-exporter')
    await world.clock.runUntil(() => stateOf(world, 'serve-exporter') === 'failed')
    const began = world.now()
    await reach('start serve-exporter', 7)
    expect(world.now() - began).to.equal(60_000)
    expect(world.lines).to.include(
      'warning: serve-exporter: exited with code 1 (restart limit exceeded: 5 within 10 min, next start in 1 min)',
    )
    expect(states().at(-1)).to.equal('UP')
  })

  it('is not started again when it exits with 125', async () => {
    const { world, reach } = start()
    await reach('UP')
    die(world, 'serve-exporter', 125)
    await world.clock.advance(3_600_000)
    expect(starts(world, 'serve-exporter')).to.equal(1)
    expect(stateOf(world, 'serve-exporter')).to.equal('failed')
  })

  it('is done when it exits with 0 and on_exit is "stop", and is restarted otherwise', async () => {
    const done = start({}, { onExit: 'stop' })
    await done.reach('UP')
    die(done.world, 'serve-exporter', 0)
    await done.world.clock.advance(1000)
    expect(stateOf(done.world, 'serve-exporter')).to.equal('done')
    expect(starts(done.world, 'serve-exporter')).to.equal(1)
    const restarted = start()
    await restarted.reach('UP')
    die(restarted.world, 'serve-exporter', 0)
    await restarted.reach('start serve-exporter', 2)
  })

  it('does not keep WARMUP waiting for longer than ww.timeouts.ready', async () => {
    const { world, reach } = start({}, { ready: { address: 'tcp:9' } })
    const began = world.now()
    await reach('UP')
    expect(world.now() - began).to.equal(30_000)
    expect(world.lines).to.include('warning: serve-exporter: not ready after 30 s, continuing without it')
    expect(stateOf(world, 'serve-exporter')).to.equal('starting')
  })

  it('does not keep WARMUP waiting when it is given up', async () => {
    const { world, reach } = start({ 'serve-exporter': { ...refuses, after: 10 } }, { ready: 'notify' })
    const began = world.now()
    await reach('UP')
    expect(world.now() - began).to.equal(10)
  })

  it('is ended and started again when its probe says that it is no longer ready', async () => {
    const { world, reach } = start({}, { ready: { address: 'tcp:9' } })
    world.readyAfter.set('serve-exporter', 5)
    await reach('UP')
    world.unready.get('serve-exporter')?.('connection refused')
    await reach('start serve-exporter', 2)
    expect(world.story).to.include('end serve-exporter')
    expect(world.lines.at(-1)).to.contain(
      'serve-exporter: is no longer ready: connection refused (restart 1 of 5',
    )
  })

  it('has what its process has left behind ended before it is started again', async () => {
    const { world, reach } = start()
    await reach('UP')
    die(world, 'serve-exporter')
    await reach('start serve-exporter', 2)
    const own = world.story.filter((line) => line.endsWith(' serve-exporter'))
    expect(own).to.deep.equal(['start serve-exporter', 'end serve-exporter', 'start serve-exporter'])
  })

  it('does not touch those that are after it when it is restarted', async () => {
    const { world, reach } = startFake(
      withServices({ 'serve-db': hangs, 'serve-web': hangs }),
      servicesWith({ 'serve-web': { after: ['serve-db'] } }),
    )
    await reach('UP')
    die(world, 'serve-db')
    await reach('start serve-db', 2)
    await world.clock.advance(1000)
    expect(starts(world, 'serve-web')).to.equal(1)
  })
})

describe('an essential service', () => {
  it('keeps WARMUP waiting until it is ready', async () => {
    const settings = servicesWith({ serve: { ready: { address: 'tcp:5432' } } })
    const { world, reach } = startFake(withServices({ serve: hangs }), settings, (created) =>
      created.readyAfter.set('serve', 90_000),
    )
    const began = world.now()
    await reach('UP')
    expect(world.now() - began).to.equal(90_000)
    expect(world.lines).to.include('waiting for serve (for 1.0 s, limit 10 min)')
  })

  it('fails the start when it is not ready within the limit of warmup', async () => {
    const settings = servicesWith({ serve: { ready: { address: 'tcp:5432' } } })
    const { world, end } = startFake(withServices({ serve: hangs }), settings)
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)?.reason).to.equal('waiting for serve timed out after 10 min')
  })

  it('leads to RESTARTING when it exits, and when its probe says that it is no longer ready', async () => {
    const settings = servicesWith({ serve: { ready: { address: 'tcp:5432' } } })
    const { world, reach } = startFake(withServices({ serve: hangs }), settings, (created) =>
      created.readyAfter.set('serve', 1),
    )
    await reach('UP')
    world.unready.get('serve')?.('connection refused')
    await reach('RESTARTING')
    expect(world.announcements.at(-1)?.reason).to.equal('serve is no longer ready: connection refused')
    expect(world.story).to.not.include('hook drain')
    await reach('UP', 2)
    die(world, 'serve')
    await reach('RESTARTING', 2)
    expect(world.announcements.at(-1)?.reason).to.equal('serve exited with code 1')
    expect(world.serviceReports).to.deep.equal([])
  })

  it('leads to ERROR when it exits with 125', async () => {
    const { world, reach, end } = startFake(withServices({ serve: hangs }))
    await reach('UP')
    die(world, 'serve', 125)
    expect(await end()).to.equal(1)
  })

  it('stops the instance with code 0 when it exits with 0 and on_exit is "stop"', async () => {
    const { world, reach, end } = startFake(
      withServices({ serve: hangs, 'serve-two': hangs }),
      servicesWith({ serve: { onExit: 'stop' } }),
    )
    await reach('UP')
    die(world, 'serve', 0)
    expect(await end()).to.equal(0)
    expect(world.announcements.at(-1)).to.include({ state: 'STOPPED', reason: 'serve is done' })
    expect(world.story).to.include('end serve-two')
  })

  it('can be any service, and serve need not be one', async () => {
    const { world, reach } = startFake(
      withServices({ serve: hangs, 'serve-db': hangs }),
      servicesWith({ serve: { essential: false }, 'serve-db': { essential: true } }),
    )
    await reach('UP')
    die(world, 'serve')
    await reach('start serve', 2)
    expect(world.visible.at(-1)).to.include({ state: 'UP', ready: true })
    die(world, 'serve-db')
    await reach('RESTARTING')
  })
})

describe('a one-shot', () => {
  it('runs once in a boot, before the services that are after it, and is done', async () => {
    const { world, reach, lifecycle } = startFake(
      withServices({ 'oneshot-migrate': { after: 300 }, serve: hangs }),
      servicesWith({ serve: { after: ['oneshot-migrate'] } }),
    )
    await reach('UP')
    const steps = ['hook oneshot-migrate', 'start serve', 'UP']
    expect(world.story.filter((line) => steps.includes(line))).to.deep.equal(steps)
    expect(stateOf(world, 'oneshot-migrate')).to.equal('done')
    lifecycle.restart('SIGHUP')
    await reach('UP', 2)
    expect(world.story.filter((line) => line === 'hook oneshot-migrate')).to.have.length(1)
    expect(starts(world, 'serve')).to.equal(2)
    expect(stateOf(world, 'oneshot-migrate')).to.equal('done')
  })

  it('fails the boot when it fails', async () => {
    const { world, end } = startFake(withServices({ 'oneshot-migrate': fails, serve: hangs }))
    expect(await end()).to.equal(1)
    expect(world.announcements.at(-1)).to.include({ state: 'ERROR' })
    expect(world.announcements.at(-1)?.reason).to.contain('oneshot-migrate exited with code 1')
  })
})

describe('a command for one service', () => {
  const start = (own = {}) =>
    startFake(
      withServices({ serve: hangs, 'serve-exporter': hangs }),
      servicesWith({ 'serve-exporter': own }),
    )

  it('restarts it, by the name of its hook or the end of that, and resolves when it is ready', async () => {
    const { world, lifecycle, reach } = start()
    await reach('UP')
    for (const name of ['exporter', 'serve-exporter']) {
      const answer = lifecycle.commandService('restart', name, true)
      await world.clock.advance(10)
      expect(await answer).to.deep.equal({ ok: true, message: 'serve-exporter: ready after 0 ms (pid 7)' })
    }
    expect(starts(world, 'serve-exporter')).to.equal(3)
  })

  it('stops it until it is started, and a start of what runs changes nothing', async () => {
    const { world, lifecycle, reach } = start()
    await reach('UP')
    const stopped = lifecycle.commandService('stop', 'exporter', true)
    await world.clock.advance(3_600_000)
    expect(await stopped).to.deep.equal({ ok: true, message: 'serve-exporter: stopped after 0 ms' })
    expect(stateOf(world, 'serve-exporter')).to.equal('stopped')
    const started = lifecycle.commandService('start', 'exporter', true)
    await world.clock.advance(10)
    expect((await started).message).to.equal('serve-exporter: ready after 0 ms (pid 7)')
    expect((await lifecycle.commandService('start', 'exporter', true)).message).to.equal(
      'serve-exporter: ready',
    )
    expect(starts(world, 'serve-exporter')).to.equal(2)
  })

  it('starts a stopped service again with the next RESTARTING', async () => {
    const { world, lifecycle, reach } = start()
    await reach('UP')
    await lifecycle.commandService('stop', 'exporter', false)
    await world.clock.advance(10)
    lifecycle.restart('SIGHUP')
    await reach('UP', 2)
    expect(stateOf(world, 'serve-exporter')).to.equal('ready')
  })

  it('restarts an essential one alone, and the instance is not ready meanwhile; it refuses to stop it', async () => {
    const { world, lifecycle, reach, states } = start()
    await reach('UP')
    const before = world.visible.length
    const answer = lifecycle.commandService('restart', 'serve', true)
    await world.clock.advance(10)
    expect((await answer).ok).to.equal(true)
    const readiness = world.visible.slice(before).map(({ ready }) => ready)
    expect(readiness[0]).to.equal(false)
    expect(readiness.at(-1)).to.equal(true)
    expect(states().at(-1)).to.equal('UP')
    expect(await lifecycle.commandService('stop', 'serve', true)).to.deep.equal({
      ok: false,
      message: 'serve is essential; use ww stop to stop the instance',
    })
  })

  it('suggests the nearest service where there is none of that name', async () => {
    const { lifecycle, reach } = start()
    await reach('UP')
    expect(await lifecycle.commandService('restart', 'exporte', true)).to.deep.equal({
      ok: false,
      unknown: true,
      message: 'no service "exporte"; did you mean serve-exporter? ww status lists the services',
    })
  })

  it('is refused while the services are not there', async () => {
    const { lifecycle } = start()
    expect((await lifecycle.commandService('restart', 'serve', true)).ok).to.equal(false)
  })
})
