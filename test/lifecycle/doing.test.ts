import { expect } from 'chai'
import { startFake } from '../helpers/fake-instance.ts'
import { hangs } from '../helpers/fake-process.ts'
import { allOk, fails, settingsWith } from '../helpers/fake-world.ts'

describe('what an instance is doing', () => {
  it('is shown when it takes longer than half a second, with its limit, until it is over', async () => {
    const { world, reach } = startFake({ ...allOk, upgrade: { after: 2000 } })
    await reach('hook upgrade')
    const since = world.date()
    await world.clock.advance(499)
    expect(world.doing).to.equal(null)
    await world.clock.advance(1)
    expect(world.doing).to.deep.equal({
      ...{ kind: 'hook', what: 'upgrade', setting: 'ww.timeouts.upgrade' },
      ...{ since, until: since + 3_600_000 },
    })
    await reach('WARMUP')
    expect(world.doing).to.equal(null)
  })

  it('is never shown while nothing takes long', async () => {
    const { world, reach } = startFake(allOk)
    const shown: unknown[] = []
    world.publishDoing = (doing) => void shown.push(doing)
    await reach('UP')
    expect(shown).to.deep.equal([])
  })

  it('is waiting for requirements, for the lock on /data, for services, for the monitor, or for the back-off', async () => {
    const requires = startFake(allOk, settingsWith({ requires: ['tcp://db:5432'] }), (world) => {
      world.missing = 'no response'
    })
    await requires.world.clock.runUntil(() => requires.world.doing !== null)
    expect(requires.world.doing).to.include({ kind: 'requires', what: 'tcp://db:5432' })

    const lock = startFake(allOk, undefined, (world) => {
      world.lock = { kind: 'held', for: 5000 }
    })
    await lock.world.clock.runUntil(() => lock.world.doing !== null)
    expect(lock.world.doing).to.include({ kind: 'lock', what: '/data' })

    const monitor = startFake({ ...allOk, monitor: fails })
    await monitor.world.clock.runUntil(() => monitor.world.doing !== null)
    expect(monitor.world.doing).to.include({ kind: 'monitor', setting: 'ww.timeouts.warmup' })

    const backoff = startFake({ ...allOk, serve: hangs })
    await backoff.reach('UP')
    backoff.world.services.get('serve')?.()
    await backoff.reach('UP', 2)
    backoff.world.services.get('serve')?.()
    await backoff.world.clock.runUntil(() => backoff.world.doing?.kind === 'backoff')
    expect(backoff.world.doing).to.include({ setting: null })
  })
})

describe('what went wrong in a boot', () => {
  it('is a hook that failed, with how long it ran', async () => {
    const { world, end } = startFake({ ...allOk, upgrade: { end: 3, after: 12 } })
    await end()
    expect(world.failures.map(({ name, reason, ms }) => [name, reason, ms])).to.deep.equal([
      ['upgrade', 'exited with code 3', 12],
    ])
  })

  it('is a monitor that failed, with what it printed', async () => {
    const { world, reach } = startFake({ ...allOk, monitor: [{ end: 1, output: 'no db' }, {}] })
    await reach('UP')
    expect(world.failures.at(-1)).to.include({
      ...{ name: 'monitor', reason: 'exited with code 1', output: 'no db' },
    })
  })

  it('is a service that ended, and only the last ten of all that are remembered', async () => {
    const { world, reach } = startFake({ ...allOk, serve: hangs, 'serve-two': hangs })
    await reach('UP')
    for (let count = 2; count <= 13; count++) {
      world.services.get('serve-two')?.({ kind: 'exited', code: count })
      await reach('start serve-two', count)
    }
    expect(world.failures).to.have.length(10)
    expect(world.failures.at(-1)).to.include({ name: 'serve-two', reason: 'exited with code 13' })
  })

  it('has the last line that was printed, where the log of the instance has it', async () => {
    const { world, end } = startFake({ ...allOk, upgrade: { end: 3 } }, undefined, (fake) =>
      fake.lastLines.set('upgrade', 'no such table'),
    )
    await end()
    await world.clock.runUntil(() => world.failures.at(-1)?.output === 'no such table')
  })

  it('is no hook that was ended because its state was left', async () => {
    const { world, reach, stop } = startFake({ ...allOk, upgrade: hangs })
    await reach('hook upgrade')
    await stop()
    expect(world.failures).to.deep.equal([])
  })
})
