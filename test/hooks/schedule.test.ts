import { mock } from 'node:test'
import { expect } from 'chai'
import type { Schedule } from '../../ww/config/settings.ts'
import type { ScheduleNotice } from '../../ww/hooks/channels.ts'
import { runSchedules } from '../../ww/hooks/schedule.ts'
import { ScheduleHistory, type ScheduleReport } from '../../ww/hooks/schedule-report.ts'
import { ScheduleTable } from '../../ww/hooks/schedule-table.ts'
import type { HookResult } from '../../ww/lifecycle/hook.ts'

const ok: HookResult = { kind: 'ended', end: { kind: 'exited', code: 0 }, ms: 41_000, output: '' }
const start = Date.UTC(2026, 0, 15, 12, 0, 0)
const second = 1000
const realDate = Date
const minute = 60 * second
const hour = 60 * minute

describe('runSchedules', () => {
  /** How long the virtual clock has run, whatever it was set to. */
  let elapsed: number
  /** What the wall clock shows. */
  let wall: number
  let runs: { hook: string; ms: number; at: number; signal: AbortSignal; end: (result: HookResult) => void }[]
  let lines: string[]
  let reports: ScheduleReport[]
  let notices: ScheduleNotice[]
  let history: ScheduleHistory
  let stop: AbortController
  let done: Promise<void>
  beforeEach(async () => {
    await import('node-cron')
    // its own Date moves timers, too, when it is set; those of a real machine do not notice
    mock.timers.enable({ apis: ['setTimeout', 'setInterval'] })
    elapsed = 0
    wall = start
    globalThis.Date = new Proxy(realDate, {
      construct: (target, args, self) => Reflect.construct(target, args.length === 0 ? [wall] : args, self),
      get: (target, key) => (key === 'now' ? () => wall : Reflect.get(target, key)),
    })
    runs = []
    lines = []
    reports = []
    notices = []
    history = new ScheduleHistory()
    stop = new AbortController()
  })
  afterEach(async () => {
    stop.abort()
    for (const { end } of runs) end(ok)
    await done
    mock.timers.reset()
    globalThis.Date = realDate
  })

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  }
  const pass = async (ms: number, step = second): Promise<void> => {
    for (let passed = 0; passed < ms; passed += step) {
      elapsed += step
      wall += step
      mock.timers.tick(step)
      await settle()
    }
  }
  const defaults = { cron: '* * * * *', splay: 0, timeout: 5000, timezone: 'UTC' }
  const begin = async (
    schedules: Record<string, Partial<Schedule>>,
    random = 0,
    table?: ScheduleTable,
  ): Promise<void> => {
    const complete = Object.entries(schedules).map(
      ([hook, some]) => [hook, { ...defaults, ...some }] as const,
    )
    const log = { info: (line: string) => lines.push(line), warn: (line: string) => lines.push(`! ${line}`) }
    done = runSchedules(
      table ?? Object.fromEntries(complete),
      (hook, ms, signal) =>
        new Promise((end) => runs.push({ hook, ms, at: Date.now() - start, signal, end })),
      stop.signal,
      {
        ...{ log, random: () => random, elapsed: () => elapsed, history },
        onSchedule: (report) => reports.push(report),
        onNotice: (notice) => notices.push(notice),
      },
    )
    await settle()
  }

  it('runs a hook at the times of its expression, with its time limit', async () => {
    await begin({ backup: { cron: '*/2 * * * *', timeout: 7000 } })
    await pass(2 * minute)
    runs[0]?.end(ok)
    await pass(2 * minute)
    expect(runs.map(({ hook, ms, at }) => [hook, ms, at])).to.deep.equal([
      ['backup', 7000, 2 * minute],
      ['backup', 7000, 4 * minute],
    ])
    expect(lines.slice(0, 2)).to.deep.equal(['backup: started as scheduled', 'backup succeeded (41 s)'])
  })

  it('never runs a hook beside itself, but others beside it', async () => {
    await begin({ backup: {}, report: {} })
    await pass(2 * minute)
    expect(runs.map(({ hook }) => hook)).to.deep.equal(['backup', 'report'])
    expect(lines).to.include('! backup: still running, this run is skipped')
    runs[0]?.end(ok)
    await pass(minute)
    expect(runs.map(({ hook }) => hook)).to.deep.equal(['backup', 'report', 'backup'])
  })

  it('delays each run by a random part of its splay', async () => {
    await begin({ backup: { splay: 40 * second } }, 0.5)
    await pass(minute + 19 * second)
    expect(runs).to.deep.equal([])
    await pass(second)
    expect(runs.map(({ at }) => at)).to.deep.equal([minute + 20 * second])
  })

  it('uses the time zone of the schedule', async () => {
    // 12:00 UTC is 13:00 in Berlin, in winter
    await begin({ berlin: { cron: '30 13 * * *', timezone: 'Europe/Berlin' } })
    await pass(30 * minute, 10 * second)
    expect(runs.map(({ hook, at }) => [hook, at])).to.deep.equal([['berlin', 30 * minute]])
  })

  it('runs hooks on time after the clock was set back by an hour', async () => {
    await begin({ backup: {} })
    await pass(minute)
    runs[0]?.end(ok)
    await settle()
    wall -= hour
    await pass(2 * minute)
    expect(lines).to.include('the clock was set: schedules are computed again')
    expect(runs.length).to.be.greaterThan(1)
  })

  it('runs a hook once for each time, after the clock was set back and then forward again', async () => {
    await begin({ backup: { cron: '0 13 * * *' } })
    wall -= hour
    await pass(2 * minute, 10 * second)
    wall += hour
    await pass(59 * minute, 10 * second)
    for (const { end } of runs) end(ok)
    await pass(hour, 10 * second)
    expect(runs.map(({ at }) => at)).to.deep.equal([hour])
    expect(lines.filter((line) => line.includes('skipped'))).to.deep.equal([])
  })

  it('does not run a hook beside itself after the clock was set', async () => {
    await begin({ backup: {} })
    await pass(minute)
    wall -= hour
    await pass(3 * minute)
    expect(runs).to.have.lengthOf(1)
  })

  it('ends what runs when it is aborted, and waits for it', async () => {
    await begin({ backup: {} })
    await pass(minute)
    let over = false
    void done.then(() => {
      over = true
    })
    stop.abort()
    await settle()
    expect(runs[0]?.signal.aborted).to.equal(true)
    await pass(2 * minute)
    expect(lines).to.deep.equal(['backup: started as scheduled'])
    expect(over).to.equal(false)
    runs[0]?.end({ kind: 'aborted', ms: 1, abandoned: false })
    await settle()
    expect(over).to.equal(true)
    expect(lines.at(-1)).to.equal('backup was ended')
    await pass(2 * minute)
    expect(runs).to.have.lengthOf(1)
  })

  it('begins nothing after a delay during which it was aborted', async () => {
    await begin({ backup: { splay: 40 * second } }, 0.5)
    await pass(minute + second)
    stop.abort()
    await pass(minute)
    expect(runs).to.deep.equal([])
  })

  it('warns of a failure, and of a hook that does not exist', async () => {
    await begin({ backup: {}, absent: {} })
    await pass(minute)
    runs[0]?.end({ ...ok, end: { kind: 'exited', code: 3 }, ms: 5 })
    runs[1]?.end({ kind: 'absent' })
    await settle()
    expect(lines).to.include('! backup exited with code 3 (5 ms)')
    expect(lines).to.include('! absent: scheduled in ww.schedule, but there is no such hook')
  })

  it('resolves at once when nothing is scheduled', async () => {
    await begin({})
    await done
  })

  describe('of a table that is replaced', () => {
    it('run at the new times, and leave alone what runs', async () => {
      const table = new ScheduleTable({ backup: { ...defaults }, gone: { ...defaults, cron: '0 0 * * *' } })
      await begin({}, 0, table)
      await pass(minute)
      reports.length = 0
      table.replace({ backup: { ...defaults, cron: '*/5 * * * *', timeout: 7000 }, report: { ...defaults } })
      expect(reports.map(({ hook, nextAt }) => [hook, nextAt])).to.deep.equal([
        ['backup', start + 5 * minute],
        ['gone', null],
        ['report', start + 2 * minute],
      ])
      expect(runs[0]?.signal.aborted).to.equal(false)
      runs[0]?.end(ok)
      await pass(minute)
      runs[1]?.end(ok)
      await pass(3 * minute)
      expect(runs.map(({ hook, ms, at }) => [hook, ms, at])).to.deep.equal([
        ['backup', 5000, minute],
        ['report', 5000, 2 * minute],
        ['report', 5000, 3 * minute],
        ['backup', 7000, 5 * minute],
      ])
      table.replace({})
      stop.abort()
      expect(runs).to.have.length(4)
    })

    it('begin with the first schedule, and end at once while there is none', async () => {
      const table = new ScheduleTable({})
      await begin({}, 0, table)
      await pass(2 * minute)
      expect(reports).to.deep.equal([])
      table.replace({ backup: { ...defaults } })
      await settle()
      await pass(minute)
      expect(runs.map(({ at }) => at)).to.deep.equal([3 * minute])
      stop.abort()
      runs[0]?.end(ok)
      await done
      stop = new AbortController()
      await begin({}, 0, new ScheduleTable({}))
      stop.abort()
      await done
      table.replace({ other: { ...defaults } })
      expect(reports.filter(({ hook }) => hook === 'other')).to.deep.equal([])
    })
  })

  describe('to the status', () => {
    const kinds = (): string[] => reports.map(({ hook, kind }) => `${hook} ${kind}`)

    it('report when each is due next, when it runs, and how it ended', async () => {
      await begin({ backup: { cron: '0 * * * *' }, report: { cron: '30 12 * * *' } })
      expect(reports).to.deep.equal([
        { hook: 'backup', kind: 'scheduled', nextAt: start + hour, last: null },
        { hook: 'report', kind: 'scheduled', nextAt: start + 30 * minute, last: null },
      ])
      await pass(30 * minute, 10 * second)
      expect(reports.at(-1)).to.deep.equal({
        ...{ hook: 'report', kind: 'started', nextAt: start + 24.5 * hour, last: null },
      })
      await pass(41 * second)
      runs[0]?.end(ok)
      await settle()
      expect(reports.at(-1)).to.deep.equal({
        ...{ hook: 'report', kind: 'ended', nextAt: start + 24.5 * hour },
        last: { at: start + 30 * minute, ms: 41_000, ok: true, reason: 'succeeded' },
      })
      expect(notices).to.deep.equal([])
    })

    it('report that nothing is due any more once they end, with the last run', async () => {
      await begin({ backup: {} })
      await pass(minute)
      runs[0]?.end(ok)
      stop.abort()
      await done
      const last = { at: start + minute, ms: 41_000, ok: true, reason: 'succeeded' }
      expect(reports.at(-1)).to.deep.equal({ hook: 'backup', kind: 'scheduled', nextAt: null, last })
      // the next time in UP
      stop = new AbortController()
      await begin({ backup: { cron: '0 * * * *' } })
      expect(reports.at(-1)).to.deep.equal({ hook: 'backup', kind: 'scheduled', nextAt: start + hour, last })
    })

    it('report the times anew when the clock was set', async () => {
      await begin({ backup: { cron: '0 15 * * *' } })
      wall += hour
      await pass(minute)
      expect(kinds()).to.deep.equal(['backup scheduled', 'backup scheduled'])
      expect(reports[1]?.nextAt).to.equal(start + 3 * hour)
    })
  })

  describe('as notices', () => {
    it('report a failure, and the first success after it', async () => {
      await begin({ backup: {} })
      const ends: HookResult[] = [{ ...ok, end: { kind: 'exited', code: 3 }, ms: 12 }, ok, ok]
      for (const [index, end] of ends.entries()) {
        await pass(minute)
        runs[index]?.end(end)
        await settle()
      }
      expect(notices).to.deep.equal([
        {
          ...{ hook: 'backup', result: 'failed', reason: 'exited with code 3', ms: 12 },
          ...{ nextAt: start + 2 * minute, at: start + minute },
        },
        {
          ...{ hook: 'backup', result: 'succeeded', reason: 'succeeded', ms: 41_000 },
          ...{ nextAt: start + 3 * minute, at: start + 2 * minute },
        },
      ])
    })

    it('report once that a run is still running, however often it is due', async () => {
      await begin({ backup: {} })
      await pass(4 * minute)
      const skipped = { hook: 'backup', result: 'skipped', reason: 'still running', ms: null }
      expect(notices).to.deep.equal([{ ...skipped, nextAt: start + 3 * minute, at: start + 2 * minute }])
      expect(lines.filter((line) => line.includes('still running'))).to.have.length(1)
      runs[0]?.end(ok)
      await pass(minute)
      expect(notices.map(({ result }) => result)).to.deep.equal(['skipped', 'succeeded'])
      await pass(2 * minute)
      expect(notices.at(-1)?.result, 'the next run that takes too long').to.equal('skipped')
    })

    it('report a hook that does not exist as failed, and none that a stop has ended', async () => {
      await begin({ absent: {}, backup: {} })
      await pass(minute)
      runs[0]?.end({ kind: 'absent' })
      runs[1]?.end({ kind: 'aborted', ms: 5, abandoned: false })
      await settle()
      expect(notices.map(({ hook, result, reason }) => [hook, result, reason])).to.deep.equal([
        ['absent', 'failed', 'there is no such hook'],
      ])
      expect(history.last.get('backup')).to.include({ ok: false, reason: 'was ended' })
    })

    it('report the runs that a pause of the instance has missed in one line, and print nothing of node-cron', async () => {
      const printed = mock.method(process.stdout, 'write', () => true)
      const warned = mock.method(console, 'warn', () => {})
      try {
        await begin({ backup: {} })
        // the timer that was to fire after a minute fires after five hours
        wall += 5 * hour
        elapsed += 5 * hour
        mock.timers.tick(minute)
        await settle()
        await new Promise((resolve) => setImmediate(resolve))
      } finally {
        printed.mock.restore()
        warned.mock.restore()
      }
      expect(warned.mock.callCount()).to.equal(0)
      expect(lines).to.deep.equal([
        'backup: started as scheduled',
        '! backup: 299 runs missed: the instance was paused or busy',
      ])
      expect(notices.map(({ result, reason }) => [result, reason])).to.deep.equal([
        ['skipped', '299 runs missed: the instance was paused or busy'],
      ])
    })
  })
})
