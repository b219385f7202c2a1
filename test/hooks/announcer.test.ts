import { expect } from 'chai'
import { Announcer } from '../../ww/hooks/announcer.ts'
import type { Channels, ScheduleNotice, ServiceNotice } from '../../ww/hooks/channels.ts'
import type { HookCall, HookResult } from '../../ww/lifecycle/hook.ts'
import type { Limit } from '../../ww/lifecycle/limit.ts'
import type { Announcement } from '../../ww/lifecycle/world.ts'
import { openLimit } from '../helpers/limits.ts'
import { until } from '../helpers/until.ts'

const ok: HookResult = { kind: 'ended', end: { kind: 'exited', code: 0 }, ms: 1, output: '' }
const failed: HookResult = { ...ok, end: { kind: 'exited', code: 3 } }
const never = new Promise<never>(() => {})

/** A hook that was called, and how the test ends it. */
type Begun = HookCall & { readonly limit: Limit; readonly end: (result?: HookResult) => void }

describe('Announcer', () => {
  let begun: Begun[]
  let lines: string[]
  let sent: string[]
  /** What a hook does when its limit kills it: end, or not even then. */
  let unkillable: boolean
  beforeEach(() => {
    begun = []
    lines = []
    sent = []
    unkillable = false
  })

  const create = (hooks: readonly string[], more: Partial<Channels> = {}): Announcer =>
    new Announcer({
      hasHook: (name) => hooks.includes(name),
      runHook: (call, limit) =>
        new Promise((end) => {
          begun.push({ ...call, limit, end: (result = ok) => end(result) })
          const cut = (abandoned: boolean) => () => end({ kind: 'aborted', ms: 1, abandoned })
          if (!unkillable) limit.kill.addEventListener('abort', cut(false))
          limit.abandon.addEventListener('abort', cut(true))
        }),
      record: ({ state }) => sent.push(`record ${state}`),
      sender: {
        lifecycle: ({ state }) => sent.push(`lifecycle ${state}`),
        stats: (json, state) => sent.push(`stats ${json} ${state}`),
        service: ({ service, state }) => sent.push(`${service} ${state}`),
        schedule: ({ hook, result }) => sent.push(`${hook} ${result}`),
        flush: async () => {
          sent.push('flush')
        },
      },
      limits: { run: (_step, ms, _left, work) => work(openLimit({}, ms)) },
      timeouts: { lifecycle: 10_000, pushstats: 20_000 },
      log: { info: (line) => lines.push(line), warn: (line) => lines.push(line) },
      ...more,
    })
  const announcement = (
    state: Announcement['state'],
    previous: Announcement['previous'] = null,
  ): Announcement => ({
    ...{ state, previous, reason: `why ${state}` },
    ...{ attempt: 2, previousMs: 1500, at: 0 },
  })
  const service: ServiceNotice = {
    ...{ service: 'serve-php', state: 'failed', previous: 'ready', reason: 'exited with code 1' },
    ...{ restarts: 1, pid: null, at: 0 },
  }
  const schedule: ScheduleNotice = {
    ...{ hook: 'backup', result: 'skipped', reason: 'still running', ms: null, nextAt: null, at: 0 },
  }
  const calls = (): string[] => begun.map(({ name, args }) => `${name} ${args?.join(' ')}`)

  it('records every announcement at once', () => {
    const announcer = create(['lifecycle'])
    announcer.announce(announcement('BOOT'))
    announcer.announce(announcement('UP', 'BOOT'))
    expect(sent).to.deep.equal(['record BOOT', 'record UP'])
  })

  it('runs the lifecycle hook for one state at a time, in order', async () => {
    const announcer = create(['lifecycle'])
    for (const state of ['BOOT', 'WARMUP', 'UP'] as const) announcer.announce(announcement(state, 'BOOT'))
    expect(calls()).to.deep.equal(['lifecycle BOOT'])
    begun[0]?.end(failed)
    await until(() => begun.length === 2)
    begun[1]?.end()
    await until(() => begun.length === 3)
    expect(calls()).to.deep.equal(['lifecycle BOOT', 'lifecycle WARMUP', 'lifecycle UP'])
    expect(begun[2]).to.deep.include({ state: 'UP', previous: 'BOOT' })
    expect(begun[2]?.env).to.deep.equal({ WW_REASON: 'why UP', WW_ATTEMPT: '2', WW_PREVIOUS_MS: '1500' })
    expect(begun[2]?.limit.ms).to.equal(10_000)
    expect(lines).to.deep.equal(['lifecycle exited with code 3 (BOOT)'])
    begun[2]?.end()
    await announcer.flush(openLimit())
  })

  it('sends states and stats itself without hooks', () => {
    const announcer = create([])
    announcer.announce(announcement('UP'))
    announcer.pushStats('{"a": 1}')
    expect(sent).to.deep.equal(['record UP', 'lifecycle UP', 'stats {"a": 1} UP'])
    expect(begun).to.deep.equal([])
  })

  describe('pushing stats', () => {
    it('passes the JSON as argument and as input', () => {
      const announcer = create(['pushstats'])
      announcer.announce(announcement('UP', 'WARMUP'))
      announcer.pushStats('{"a": 1}')
      expect(begun[0]).to.deep.include({ name: 'pushstats', args: ['{"a": 1}'], input: '{"a": 1}' })
      expect(begun[0]).to.deep.include({ state: 'UP', previous: 'WARMUP' })
      expect(begun[0]?.limit.ms).to.equal(20_000)
    })

    it('passes what is longer than an argument can be as input only', async () => {
      const announcer = create(['pushstats'])
      const longest = 'ä'.repeat((128 * 1024 - 2) / 2)
      for (const [json, argument] of [
        [`${longest}x`, `${longest}x`],
        [`${longest}xx`, ''],
      ] as const) {
        announcer.pushStats(json)
        const call = begun.at(-1)
        expect(call?.input).to.equal(json)
        expect(call?.args?.[0] === argument).to.equal(true)
        call?.end()
        await until(() => call !== undefined)
        await new Promise((resolve) => setImmediate(resolve))
      }
    })

    it('lets only the newest stats wait for a push that still runs', async () => {
      const announcer = create(['pushstats'])
      for (const json of ['1', '2', '3']) announcer.pushStats(json)
      expect(calls()).to.deep.equal(['pushstats 1'])
      begun[0]?.end()
      await until(() => begun.length === 2)
      expect(calls()).to.deep.equal(['pushstats 1', 'pushstats 3'])
    })
  })

  describe('flush', () => {
    it('resolves when every announcement was delivered, and the sender has sent', async () => {
      const announcer = create(['lifecycle'])
      announcer.announce(announcement('STOPPED'))
      let flushed = false
      const flushing = announcer.flush(openLimit()).then(() => {
        flushed = true
      })
      await new Promise((resolve) => setImmediate(resolve))
      expect(flushed).to.equal(false)
      begun[0]?.end()
      await flushing
      expect(sent).to.deep.equal(['record STOPPED', 'flush'])
    })

    it('never waits for stats: they are cut at once, and none are pushed afterwards', async () => {
      const announcer = create(['pushstats', 'lifecycle'])
      announcer.pushStats('1')
      announcer.pushStats('2')
      await announcer.flush(openLimit())
      expect(begun[0]?.limit.end.aborted).to.equal(true)
      expect(begun[0]?.limit.cause).to.equal('left')
      announcer.pushStats('3')
      await until(() => begun[0]?.limit.kill.aborted === true)
      await new Promise((resolve) => setImmediate(resolve))
      expect(calls()).to.deep.equal(['pushstats 1'])
      expect(lines).to.deep.equal([])
    })

    it('waits until limit.end for older announcements', async () => {
      const announcer = create(['lifecycle'])
      for (const state of ['UP', 'STOPPED'] as const) announcer.announce(announcement(state))
      const flushing = announcer.flush(openLimit())
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(begun[0]?.limit.end.aborted).to.equal(false)
      begun[0]?.end()
      await until(() => begun.length === 2)
      begun[1]?.end()
      await flushing
    })

    it('cuts older announcements at limit.end, also unkillable ones, so that the last one runs', async () => {
      unkillable = true
      const announcer = create(['lifecycle'])
      for (const state of ['WARMUP', 'UP', 'RESTARTING', 'STOPPED'] as const)
        announcer.announce(announcement(state))
      const flushing = announcer.flush(openLimit({ end: 20 }))
      await until(() => begun.length === 2)
      expect(calls()).to.deep.equal(['lifecycle WARMUP', 'lifecycle STOPPED'])
      expect(begun[1]?.limit.end.aborted).to.equal(false)
      begun[1]?.end()
      await flushing
    })

    it('leaves the last announcement alone at limit.end, and cuts it at limit.kill', async () => {
      const announcer = create(['lifecycle'])
      announcer.announce(announcement('STOPPED'))
      const limit = openLimit({ end: 0 })
      const flushing = announcer.flush(limit)
      await new Promise((resolve) => setTimeout(resolve, 100))
      expect(begun[0]?.limit.end.aborted).to.equal(false)
      limit.bringForward({ end: 0, kill: 0, abandon: 60_000 }, 'time')
      await flushing
      expect(begun[0]?.limit.kill.aborted).to.equal(true)
    })

    it('waits for nothing after limit.abandon', async () => {
      const announcer = create(['lifecycle'], { runHook: () => never })
      announcer.announce(announcement('STOPPED'))
      await announcer.flush(openLimit({ end: 0, kill: 10, abandon: 20 }))
    })

    it('waits for a sender that hangs no longer than that either', async () => {
      const sender = { lifecycle() {}, service() {}, schedule() {}, stats() {}, flush: () => never }
      await create([], { sender }).flush(openLimit({ end: 0, kill: 10, abandon: 20 }))
    })
  })

  it('reports single services and schedules, unless the author reports states', () => {
    const announcer = create([])
    announcer.noticeService(service)
    announcer.noticeSchedule(schedule)
    expect(sent).to.deep.equal(['serve-php failed', 'backup skipped'])
    const silent = create(['lifecycle'])
    silent.noticeService(service)
    silent.noticeSchedule(schedule)
    expect(sent).to.have.length(2)
    expect(begun).to.deep.equal([])
  })

  it('survives channels that throw, with one warning for each', async () => {
    const fail = (): never => {
      throw new Error('no space')
    }
    const sender = { lifecycle: fail, service: fail, schedule: fail, stats: fail, flush: async () => fail() }
    const announcer = create([], { record: fail, sender })
    for (const state of ['BOOT', 'UP'] as const) announcer.announce(announcement(state))
    announcer.pushStats('1')
    announcer.noticeService(service)
    announcer.noticeSchedule(schedule)
    await announcer.flush(openLimit())
    expect(lines).to.deep.equal(['cannot record a state: no space', 'cannot report: no space'])
  })

  it('survives a hook that cannot be run for a bug', async () => {
    const announcer = create(['lifecycle'], { runHook: () => Promise.reject(new Error('bug')) })
    for (const state of ['BOOT', 'UP'] as const) announcer.announce(announcement(state))
    await announcer.flush(openLimit())
    expect(lines).to.deep.equal(['cannot run lifecycle: bug'])
  })
})
