import { expect } from 'chai'
import fc from 'fast-check'
import type { ServiceSettings } from '../../ww/config/services-kind.ts'
import { startFake } from '../helpers/fake-instance.ts'
import type { Behaviour } from '../helpers/fake-process.ts'
import type { FakeWorld, Hooks } from '../helpers/fake-world.ts'
import { repeat } from '../helpers/repeat.ts'
import { servicesWith } from '../helpers/service-settings.ts'

const never = Number.POSITIVE_INFINITY
const grace = 9000

/** Any way in which a process can behave: quick, slow, hanging, deaf to SIGTERM, impossible to kill. */
const behaviour: fc.Arbitrary<Behaviour> = fc.record({
  end: fc.constantFrom(0, 0, 0, 1, 125),
  after: fc.constantFrom(0, 0, 0, 50, 700, 4000, 40_000, never),
  onTerm: fc.constantFrom(0, 0, 30, 1500, never),
  unkillable: fc.boolean(),
})
const service: fc.Arbitrary<Behaviour> = fc.record({
  end: fc.constantFrom(0, 1, 125),
  after: fc.constantFrom(never, never, 5, 900, 50_000),
  onTerm: fc.constantFrom(0, 400, never),
  unkillable: fc.boolean(),
})
/** Mostly kind, or few of these lives would ever come UP. */
const mostly = <T>(kind: T, other: fc.Arbitrary<T>): fc.Arbitrary<T> =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(kind) }, { weight: 1, arbitrary: other })
const onTheWayUp = fc.option(mostly({}, behaviour), { freq: 4 })
const sometimes = (one: fc.Arbitrary<Behaviour>) => fc.option(one, { freq: 4 })
const calls = fc.array(onTheWayUp, { minLength: 1, maxLength: 4 })
const hooks: fc.Arbitrary<Hooks> = fc.record({
  boot: onTheWayUp,
  firstboot: onTheWayUp,
  upgrade: onTheWayUp,
  svcup: fc.array(mostly({}, behaviour), { minLength: 1, maxLength: 4 }),
  serve: sometimes(service),
  'serve-two': sometimes(service),
  'oneshot-one': sometimes(mostly({}, behaviour)),
  warmup: calls,
  monitor: calls,
  drain: sometimes(behaviour),
  svcdown: sometimes(behaviour),
  backup: sometimes(behaviour),
})
const event = fc.record({
  what: fc.constantFrom(
    ...['stop', 'restart', 'monitor', 'crash', 'restart', 'unready'],
    ...['restart serve', 'restart serve-two', 'stop serve-two', 'start serve-two', 'restart oneshot-one'],
  ),
  after: fc.constantFrom(0, 1, 10, 300, 1000, 5000, 31_000, 120_000),
})
const world = fc.record({
  delivery: behaviour,
  leftovers: fc.array(behaviour, { maxLength: 2 }),
  diskProblem: mostly<string | null>(
    null,
    fc.constant('cannot write /data/whaleup: no space left on device'),
  ),
  lock: mostly<FakeWorld['lock']>(
    { kind: 'free' },
    fc.constantFrom({ kind: 'held', for: 3000 }, { kind: 'held', for: never }),
  ),
  missing: mostly<string | null>(null, fc.constant('cannot reach tcp://db:5432')),
  onError: fc.constantFrom('exit' as const, 'hold' as const),
})
/** The settings of `serve-two`; null as `readyAfter`: it never gets ready. */
const settingsOfTwo = fc.record({
  essential: fc.boolean(),
  after: fc.constantFrom<string[]>([], ['serve'], ['oneshot-one'], ['serve', 'oneshot-one']),
  ready: fc.constantFrom(null, 'notify' as const),
  readyAfter: fc.constantFrom(0, 300, 20_000, null),
  onExit: fc.constantFrom('restart' as const, 'restart' as const, 'stop' as const),
})
const unkindness = fc.record({ world, two: settingsOfTwo })

type Facts = { world: FakeWorld; code: number; stopTook: number; forced: boolean }

/** Lets the events happen, then stops the instance in any case. */
async function live(
  hooks: Hooks,
  unkind: {
    world: Pick<FakeWorld, 'delivery' | 'leftovers' | 'diskProblem' | 'lock' | 'missing'> & {
      onError: 'exit' | 'hold'
    }
    two: Partial<ServiceSettings> & { readyAfter: number | null }
  },
  events: readonly { what: string; after: number }[],
): Promise<Facts> {
  const { onError, ...world } = unkind.world
  const { readyAfter, ...two } = unkind.two
  const requires = world.missing === null ? [] : ['tcp://db:5432']
  const settings = { ...servicesWith({ 'serve-two': two }), onError, requires }
  const instance = startFake(hooks, settings, (fake) => {
    fake.readyAfter.set('serve-two', readyAfter)
    Object.assign(fake, { ...world, scheduled: ['backup'] })
  })
  let stoppedAt: number | null = null
  let over = false
  const ended = new AbortController()
  void instance.lifecycle.done.then(() => {
    over = true
    ended.abort()
  })
  for (const { what, after } of [...events, { what: 'stop', after: 10 }]) {
    const at = instance.world.now() + after
    void instance.world.clock.sleep(after, ended.signal)
    await instance.world.clock.runUntil(() => over || instance.world.now() >= at)
    if (over) break
    if (what === 'stop') {
      stoppedAt ??= instance.world.now()
      instance.lifecycle.stop('SIGTERM')
    }
    if (what === 'restart') instance.lifecycle.restart('SIGHUP')
    if (what === 'monitor') void instance.lifecycle.monitorNow()
    if (what === 'crash') instance.world.services.get('serve')?.()
    if (what === 'unready') instance.world.unready.get('serve-two')?.('connection refused')
    const [verb, name] = what.split(' ')
    if (name !== undefined && (verb === 'start' || verb === 'stop' || verb === 'restart'))
      void instance.lifecycle.commandService(verb, name, true)
  }
  const code = await instance.end()
  const stopTook = stoppedAt === null ? 0 : instance.world.now() - stoppedAt
  const forced = instance.world.lines.some((line) => line.endsWith('again, forced'))
  return { world: instance.world, code, stopTook, forced }
}

const count = (lines: readonly string[], one: string): number => lines.filter((line) => line === one).length

describe('a lifecycle, whatever happens to it', () => {
  const runs = repeat(300, 20_000)
  /** The promises, each over the same lives. */
  const promises: [promise: string, check: (facts: Facts, hooks: Hooks) => void][] = [
    ['keeps a stop within the grace period', ({ stopTook }) => expect(stopTook).to.be.at.most(grace - 250)],
    [
      'ends with STOPPED and 0, or ERROR and 1, as its last announcement, and only one of them',
      ({ world, code }) => {
        const ends = world.announcements.filter(({ state }) => state === 'STOPPED' || state === 'ERROR')
        expect(ends).to.have.length(1)
        expect(world.announcements.at(-1)?.state).to.equal(code === 0 ? 'STOPPED' : 'ERROR')
      },
    ],
    [
      'runs svcdown exactly once after each start of the services, a forced stop excepted',
      ({ world, forced }, hooks) => {
        if (hooks.svcdown === null) return
        let started = false
        for (const line of world.story) {
          if (line === 'hook svcup') started = true
          if (line !== 'hook svcdown') continue
          expect(started, 'svcdown without a start').to.equal(true)
          started = false
        }
        if (!forced) expect(started, 'a start without svcdown').to.equal(false)
      },
    ],
    [
      'runs drain only when a stop or a requested restart has left UP, and then always, unless the stop is forced',
      ({ world, forced }, hooks) => {
        if (hooks.drain === null) return
        const drains = count(world.story, 'hook drain')
        const seen = world.visible
        const left = seen.filter(({ state, reason }, index) => {
          const before = seen[index - 1]?.state
          return before === 'UP' && (state === 'STOPPING' || (state === 'RESTARTING' && reason === 'SIGHUP'))
        }).length
        expect(drains).to.be.at.most(left)
        if (!forced) expect(drains).to.equal(left)
      },
    ],
    [
      'is ready only in UP, and never after a stop was requested',
      ({ world }) => {
        for (const { state, ready } of world.visible) if (ready) expect(state).to.equal('UP')
        const stopping = world.visible.findIndex(({ state }) => state === 'STOPPING')
        if (stopping >= 0) expect(world.visible.slice(stopping).some(({ ready }) => ready)).to.equal(false)
      },
    ],
    ['leaves no timer behind', ({ world }) => expect(world.clock.pending).to.equal(0)],
    ['has no bug', ({ world }) => expect(world.bugs).to.deep.equal([])],
    [
      'needs no last resort: each step is bounded by its budget',
      ({ world }) => expect(world.lines.join('\n')).not.to.contain('the grace period is over'),
    ],
  ]

  it('is tried in every state: these lives come UP, restart, fail, hold, and are stopped and forced', async () => {
    const seen = new Set<string>()
    let up = 0
    await fc.assert(
      fc.asyncProperty(
        hooks,
        unkindness,
        fc.array(event, { maxLength: 5 }),
        async (hooks, unkind, events) => {
          const { world, forced } = await live(hooks, unkind, events)
          for (const { state } of world.visible) seen.add(state)
          for (const line of world.story) seen.add(line)
          if (forced) seen.add('forced')
          if (world.story.includes('UP')) up += 1
        },
      ),
      { numRuns: 1000 },
    )
    expect(up).to.be.greaterThan(200)
    const expected = [
      'UP',
      'RESTARTING',
      'HELD',
      'STOPPED',
      'ERROR',
      'forced',
      'hook drain',
      'sweep at once',
      'hook backup',
      'hook oneshot-one',
      'start serve-two',
      'end serve-two',
    ]
    expect([...seen]).to.include.members(expected)
  })

  for (const [promise, check] of promises) {
    it(promise, async () => {
      await fc.assert(
        fc.asyncProperty(
          hooks,
          unkindness,
          fc.array(event, { maxLength: 5 }),
          async (hooks, unkind, events) => {
            check(await live(hooks, unkind, events), hooks)
          },
        ),
        { numRuns: runs },
      )
    })
  }

  const fallible = [
    'runHook',
    'startService',
    'inspectData',
    'lockData',
    'markInitialised',
    'awaitRequired',
    'runSchedules',
    'sweep',
    'announce',
    'publish',
    'publishMonitor',
    'publishServices',
    'publishDoing',
    'lastLineOf',
    'announceService',
    'awaitServiceReady',
    'watchServiceReady',
    'pushStats',
    'flushAnnouncements',
  ] as const

  it('ends in order within the grace period when whaleware itself throws, wherever that is, with exit code 1', async () => {
    await fc.assert(
      fc.asyncProperty(
        hooks,
        fc.constantFrom(...fallible),
        fc.integer({ min: 1, max: 6 }),
        fc.array(event, { maxLength: 3 }),
        async (hooks, name, nth, events) => {
          let calls = 0
          let threw = false
          const instance = startFake(hooks, undefined, (fake) => {
            fake.scheduled = ['backup']
            const original: (...args: never[]) => unknown = fake[name].bind(fake)
            Object.assign(fake, {
              [name]: (...args: never[]) => {
                calls += 1
                if (calls !== nth) return original(...args)
                threw = true
                throw new Error(`bug in ${name}`)
              },
            })
          })
          let over = false
          void instance.lifecycle.done.then(() => {
            over = true
          })
          for (const { what, after } of events) {
            const at = instance.world.now() + after
            const ended = new AbortController()
            void instance.world.clock.sleep(after, ended.signal)
            await instance.world.clock.runUntil(() => over || instance.world.now() >= at)
            ended.abort()
            if (over) break
            if (what === 'restart') instance.lifecycle.restart('SIGHUP')
            if (what === 'crash') instance.world.services.get('serve')?.()
          }
          const took = over ? 0 : await instance.stop()
          expect(took).to.be.at.most(grace)
          const code = await instance.end()
          if (!threw) return
          expect(instance.world.bugs).to.have.length.greaterThan(0)
          expect(code).to.equal(1)
          const last = instance.world.announcements.at(-1)?.state
          if (name !== 'announce' && name !== 'flushAnnouncements')
            expect(last).to.be.oneOf(['ERROR', 'STOPPED'])
        },
      ),
      { numRuns: repeat(1000, 50_000) },
    )
  })
})
