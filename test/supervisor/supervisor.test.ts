import { expect } from 'chai'
import { Supervisor } from '../../ww/supervisor/supervisor.ts'
import type { TargetConfig } from '../../ww/supervisor/target/config.ts'
import type { TargetView } from '../../ww/supervisor/target/view.ts'
import { FakeSupervisorWorld, type Start, targetWith } from '../helpers/fake-supervisor-world.ts'

const a = 'http://localhost:1/'
const b = 'http://localhost:2/'

function supervise(
  targets: TargetConfig[],
  starts: Record<string, Start[]> = {},
  prepare = (_: FakeSupervisorWorld) => {},
) {
  const world = new FakeSupervisorWorld()
  for (const [url, list] of Object.entries(starts)) world.starts.set(url, list)
  prepare(world)
  const supervisor = new Supervisor(targets, world)
  void supervisor.start()
  const view = (url = a): TargetView => {
    const found = supervisor.views.find((target) => target.url === url)
    if (!found) throw new Error(`no target ${url}`)
    return found
  }
  const reach = (state: string, url = a): Promise<void> =>
    world.clock.runUntil(() => view(url).state === state)
  /** The states of a target so far, in order; what it waited for is left out. */
  const states = (url = a): string[] =>
    world.lines
      .map((line) => line.slice(0, line.indexOf(' ', url.length + 2)).replace(/:$/, ''))
      .filter((line) => line.startsWith(`${url}: `))
      .map((line) => line.slice(url.length + 2))
      .filter((state, index, all) => state !== all[index - 1])
  return { world, supervisor, view, reach, states }
}

describe('a target that is down', () => {
  it('is started, and runs when it answers', async () => {
    const { world, view, reach, states } = supervise([targetWith(a)], { [a]: [{ answers: 200, after: 700 }] })
    expect(view().state).to.equal('UNKNOWN')
    await reach('RUNNING')
    expect(states()).to.deep.equal(['DOWN', 'PROVISIONING', 'RUNNING'])
    expect(world.story).to.deep.equal([`start ${a}`])
    expect(view()).to.include({ restarts: 0, pid: 100, reason: 'answered 200' })
  })

  it('is PENDING while it answers 503, and RUNNING from its 200 on', async () => {
    const { world, reach, states } = supervise([targetWith(a)], { [a]: [{ answers: 503 }] })
    await reach('PENDING')
    world.answers.set(a, 200)
    await reach('RUNNING')
    expect(states()).to.deep.equal(['DOWN', 'PROVISIONING', 'PENDING', 'RUNNING'])
  })

  it('is ended and tried again when it does not answer within its start limit', async () => {
    const { world, reach, view } = supervise([targetWith(a, { startLimit: 5000 })], {
      [a]: [{ after: 60_000, answers: 200 }, { answers: 200 }],
    })
    await reach('RUNNING')
    expect(world.lines).to.include(`${a}: STOPPING: no answer within 5 s of its start`)
    expect(world.story).to.deep.equal([`start ${a}`, `ask ${a}`, `start ${a}`])
    expect(view().restarts).to.equal(1)
  })

  it('is tried again as soon as its command fails, with why', async () => {
    const { world, reach } = supervise([targetWith(a)], {
      [a]: [{ ends: 'exit code 3', after: 10 }, { answers: 200 }],
    })
    await reach('RUNNING')
    expect(world.lines).to.include(`${a}: DOWN: exit code 3`)
  })

  it('may leave a daemon behind: a command that ends well is no failure', async () => {
    const { world, reach } = supervise([targetWith(a)], { [a]: [{ ends: 'exit code 0' }] })
    await reach('PROVISIONING')
    await world.clock.advance(3000)
    world.answers.set(a, 200)
    await reach('RUNNING')
    expect(world.story).to.deep.equal([`start ${a}`])
  })

  it('waits longer before each further start, and is given up past its limit until told otherwise', async () => {
    const restart = {
      limit: 3,
      window: 600_000,
      backoff: 1000,
      backoffMax: 60_000,
      jitter: 0,
      stable: 60_000,
    }
    const { world, supervisor, reach, view } = supervise([targetWith(a, { restart })], {
      [a]: [{ ends: 'exit code 1' }],
    })
    await world.clock.runUntil(() => view().givenUp)
    expect(world.story).to.have.length(4)
    expect(world.lines.filter((line) => line.includes('starts again in'))).to.deep.equal([
      `${a}: DOWN: starts again in 1.0 s`,
      `${a}: DOWN: starts again in 2.0 s`,
    ])
    expect(view().reason).to.contain('given up: 3 restarts within 600 s')
    await world.clock.advance(300_000)
    expect(world.story).to.have.length(4)
    world.starts.set(a, [{ answers: 200 }])
    expect(supervisor.retry(a)).to.equal(true)
    await reach('RUNNING')
    expect(view().givenUp).to.equal(false)
  })

  it('is taken as it is when it answers by itself', async () => {
    const { world, reach } = supervise([targetWith(a, { run: null })])
    await reach('DOWN')
    world.answers.set(a, 200)
    await reach('RUNNING')
    expect(world.story).to.deep.equal([])
  })

  it('gets no second copy: who holds its port is named, and adopted when it answers', async () => {
    const { world, reach, view } = supervise([targetWith(a)], {}, (world) =>
      world.holders.set(a, 'nginx (pid 7)'),
    )
    await world.clock.runUntil(() => view().reason.includes('nginx'))
    expect(view().reason).to.equal('its port is held by nginx (pid 7), so that no second copy is started')
    world.answers.set(a, 200)
    await reach('RUNNING')
    expect(world.story).to.deep.equal([])
  })

  it('has what is left of its last life ended first', async () => {
    const { world, reach } = supervise([targetWith(a)], { [a]: [{ answers: 200 }] }, (world) => {
      world.heeds.kill = false
      world.own.set(a, [7])
    })
    await reach('RUNNING')
    expect(world.story).to.deep.equal([`ask ${a}`, `SIGTERM ${a}`, `start ${a}`])
  })

  it('waits for those that it requires', async () => {
    const { world, reach, view } = supervise([targetWith(a, { requires: [b] }), targetWith(b)], {
      [a]: [{ answers: 200 }],
      [b]: [{ answers: 200, after: 5000 }],
    })
    await world.clock.runUntil(() => view().reason === `waits for ${b}`)
    await reach('RUNNING')
    expect(world.story).to.deep.equal([`start ${b}`, `start ${a}`])
  })
})

describe('a target that runs', () => {
  const running = async (changes: Partial<TargetConfig> = {}, next: Start[] = [{ answers: 200 }]) => {
    const all = supervise([targetWith(a, changes)], { [a]: [{ answers: 200 }, ...next] })
    await all.reach('RUNNING')
    return all
  }

  it('is started again at once when its process ends, without waiting for the next ping', async () => {
    const { world, view, reach } = await running({ every: 60_000 })
    const before = world.now()
    world.crash(a)
    await world.clock.runUntil(() => view().restarts === 1)
    await reach('RUNNING')
    expect(world.now() - before).to.be.lessThan(1000)
  })

  it('is asked to end and started again when it answers with an error', async () => {
    const { world, reach, states } = await running()
    world.answers.set(a, 500)
    await reach('PROVISIONING')
    expect(states().slice(-4)).to.deep.equal(['ERROR', 'STOPPING', 'DOWN', 'PROVISIONING'])
    expect(world.story.slice(1)).to.deep.equal([`ask ${a}`, `start ${a}`])
  })

  it('is killed when it neither ends as asked nor upon SIGTERM', async () => {
    const { world, reach } = await running()
    world.heeds = { kill: false, term: false }
    world.answers.set(a, 'hangs')
    await reach('PROVISIONING')
    expect(world.story.slice(1)).to.deep.equal([`ask ${a}`, `SIGTERM ${a}`, `SIGKILL ${a}`, `start ${a}`])
  })

  it('gets SIGTERM soon when it agrees to end and goes on answering', async () => {
    const all = await running({ stopLimit: 60_000 })
    all.world.heeds.kill = 'agrees and stays'
    const before = all.world.now()
    let stopped = false
    void all.supervisor.stop().then(() => {
      stopped = true
    })
    await all.world.clock.runUntil(() => stopped)
    expect(all.world.story.slice(1)).to.deep.equal([`ask ${a}`, `SIGTERM ${a}`])
    expect(all.world.now() - before).to.be.lessThan(2000)
  })

  it('may fail to answer as often as configured', async () => {
    const { world, view } = await running({ failures: 3 })
    world.answers.set(a, 'hangs')
    await world.clock.advance(2500)
    expect(view().state).to.equal('RUNNING')
    await world.clock.runUntil(() => view().restarts === 1)
    expect(world.lines).to.include(`${a}: ERROR: no answer, 3 times in a row`)
  })

  it('is pinged on its own beat, without drift', async () => {
    const { world, view } = await running()
    await world.clock.advance(2000)
    const begin = view().lastPing?.at ?? 0
    await world.clock.advance(100_000)
    const last = view().lastPing?.at ?? 0
    expect(last - begin).to.equal(100_000)
  })
})

describe('a stop of the supervisor', () => {
  const stop = async (all: ReturnType<typeof supervise>): Promise<void> => {
    let stopped = false
    void all.supervisor.stop().then(() => {
      stopped = true
    })
    await all.world.clock.runUntil(() => stopped)
  }

  it('ends what was started, those that require others first, and starts nothing again', async () => {
    const all = supervise([targetWith(b), targetWith(a, { requires: [b] })], {
      [a]: [{ answers: 200 }],
      [b]: [{ answers: 200 }],
    })
    await all.reach('RUNNING')
    expect(all.supervisor.allRunning).to.equal(true)
    await stop(all)
    expect(all.world.story.slice(2)).to.deep.equal([`ask ${a}`, `ask ${b}`])
    expect(all.supervisor.allRunning).to.equal(false)
    await all.world.clock.advance(60_000)
    expect(all.world.story).to.have.length(4)
  })

  it('leaves alone what it did not start', async () => {
    const all = supervise([targetWith(a)], {}, (world) => world.answers.set(a, 200))
    await all.reach('RUNNING')
    await stop(all)
    expect(all.world.story).to.deep.equal([])
  })

  it('ends what a supervisor before it has started', async () => {
    const all = supervise([targetWith(a)], {}, (world) => {
      world.answers.set(a, 200)
      world.own.set(a, [7])
    })
    await all.reach('RUNNING')
    await stop(all)
    expect(all.world.story).to.deep.equal([`ask ${a}`])
  })

  for (const state of ['UNKNOWN', 'DOWN', 'PROVISIONING', 'STOPPING'])
    it(`comes to its end in ${state}`, async () => {
      const slow = targetWith(a, { startLimit: 5000, failures: 9, requires: state === 'DOWN' ? [b] : [] })
      const all = supervise([slow, targetWith(b, { run: null })], {
        [a]: [{ after: 9_000_000, answers: 200 }],
      })
      all.world.heeds = { kill: false, term: false }
      if (state === 'UNKNOWN') all.world.answers.set(a, 'hangs')
      await all.reach(state)
      await stop(all)
      expect(all.world.own.get(a)).to.equal(undefined)
    })

  it('kills what is left when it is told to hurry', async () => {
    const all = supervise([targetWith(a)], { [a]: [{ answers: 200 }] })
    await all.reach('RUNNING')
    all.world.heeds = { kill: false, term: false }
    const stopping = all.supervisor.stop()
    all.supervisor.hurry()
    expect(all.world.story).to.include(`SIGKILL ${a}`)
    let stopped = false
    void stopping.then(() => {
      stopped = true
    })
    await all.world.clock.runUntil(() => stopped)
  })
})
