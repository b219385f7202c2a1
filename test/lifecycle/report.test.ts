import { expect } from 'chai'
import { startFake } from '../helpers/fake-instance.ts'
import { type Behaviour, ignoresTerm } from '../helpers/fake-process.ts'
import { allOk, fails, settingsWith } from '../helpers/fake-world.ts'

describe('the last line of an instance', () => {
  const lastLine = async (leftovers: Behaviour[]): Promise<string> => {
    const { world, reach, stop } = startFake({ ...allOk, serve: ignoresTerm }, settingsWith(), (unkind) => {
      unkind.leftovers = leftovers
    })
    await reach('UP')
    await stop()
    return world.lines.at(-1) ?? ''
  }

  it('counts what was killed, and names the first', async () => {
    expect(await lastLine([])).to.match(/; killed serve$/)
    expect(await lastLine([ignoresTerm])).to.match(/; killed serve and 1 other$/)
    expect(await lastLine([ignoresTerm, ignoresTerm])).to.match(/; killed serve and 2 others$/)
  })

  it('has only the exit code when nobody has requested a stop', async () => {
    const { world, end } = startFake({ ...allOk, warmup: fails })
    await end()
    expect(world.lines.at(-1)).to.equal('exit code 1')
  })

  it('accounts for no step that has not run', async () => {
    const { world, lifecycle, end } = startFake(allOk)
    lifecycle.stop('SIGTERM')
    await end()
    expect(world.lines.at(-1)).to.equal(
      'exit code 0 after 0 ms: sweep 0 ms, announcement 0 ms; nothing was killed',
    )
  })
})

describe('an announcement', () => {
  it('has the wall clock, and how long the previous state lasted', async () => {
    const { world, reach } = startFake({ ...allOk, boot: { after: 700 }, firstboot: { after: 1300 } })
    const began = world.date()
    await reach('UPGRADING')
    expect(
      world.announcements.slice(0, 3).map(({ at, previousMs }) => [at - began, previousMs]),
    ).to.deep.equal([
      [0, 0],
      [700, 700],
      [2000, 1300],
    ])
  })

  it('counts restarts in a row only where it announces a restart', async () => {
    const { world, reach } = startFake({ ...allOk, monitor: [{}, fails, {}, {}] })
    await reach('UP', 2)
    const attempts = world.announcements.map(({ state, attempt }) => `${state} ${attempt}`)
    expect(attempts.slice(-3)).to.deep.equal(['UP 0', 'RESTARTING 1', 'UP 0'])
  })
})

describe('what is visible', () => {
  it('has the time since which it is so', async () => {
    const { world, lifecycle, reach } = startFake({ ...allOk, boot: { after: 700 } })
    await reach('UP')
    const up = world.date()
    await world.clock.advance(5000)
    expect(lifecycle.visible).to.include({ state: 'UP', since: up, reason: 'monitor passed' })
  })

  it('is ERROR until the end of an instance that failed', async () => {
    const { world, lifecycle, end } = startFake({ ...allOk, warmup: fails })
    await end()
    expect(lifecycle.visible).to.include({ state: 'ERROR', reason: 'warmup exited with code 1' })
    expect(world.visible.at(-1)?.state).to.equal('ERROR')
  })

  it('is published once for each state', async () => {
    const { world, reach, stop } = startFake({ ...allOk, serve: {}, svcdown: { after: 100 } })
    await reach('UP')
    await stop()
    const states = world.visible.map(({ state }) => state)
    expect(states).to.deep.equal([...new Set(states)])
  })
})
