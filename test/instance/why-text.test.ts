import { expect } from 'chai'
import { explain } from '../../ww/instance/explain.ts'
import { type InstanceStatus, toJson } from '../../ww/instance/status.ts'
import { parseWhy, renderWhy } from '../../ww/instance/why-text.ts'

const now = Date.parse('2026-11-26T12:00:00.000Z')
const base: InstanceStatus = {
  ...{ app: 'shop', instance: 'web-1', version: '1', bootId: 'b', pid: 7, bootedAt: now - 600_000 },
  ...{ crash: null, state: 'UP', ready: true, since: now - 11_520_000, previous: 'WARMUP' },
  ...{
    reason: 'monitor passed',
    attempt: 0,
    restarts: 0,
    services: [],
    schedules: [],
    doing: null,
    failures: [],
  },
  monitor: { ok: true, at: now - 12_000, nextAt: now + 18_000, output: '{}' },
}
const service = {
  name: 'serve-exporter',
  state: 'failed',
  ...{ since: now - 4000, pid: null, restarts: 4, exitCode: 1 },
  ...{ signal: null, reason: 'exited with code 1', nextStartAt: now + 3600, essential: false },
} as const
/** The lines for a status, as they go through its JSON. */
const why = (more: Partial<InstanceStatus>, hook: string | null = null): string[] => {
  const facts = parseWhy(JSON.stringify(toJson({ ...base, ...more })))
  if (!facts) throw new Error('the JSON of a status explains it')
  // the time of day is local
  const offset = new Date(now).getTimezoneOffset() * 60_000
  const lines = renderWhy(facts, now, hook).trimEnd().split('\n')
  return lines.map((line) => (offset === 0 ? line : line.replace(/\d\d:\d\d:\d\d/, 'TIME')))
}
const time = (at: number): string => {
  const offset = new Date(at).getTimezoneOffset() * 60_000
  return offset === 0 ? new Date(at).toISOString().slice(11, 19) : 'TIME'
}

describe('why', () => {
  it('says that everything works, and what comes next', () => {
    expect(why({})).to.deep.equal([
      'UP for 3 h 12 min, ready: everything works',
      '  next     monitor in 18 s',
    ])
  })

  it('names what is waited for, since when, when that ends, and how to check it', () => {
    const since = now - 124_000
    const doing = {
      kind: 'requires',
      what: 'tcp://database:5432',
      since,
      until: since + 300_000,
      setting: 'ww.requires_timeout',
    } as const
    expect(why({ state: 'WARMUP', ready: false, since, doing, monitor: null })).to.deep.equal([
      'WARMUP for 2 min 4 s, not ready: waiting for tcp://database:5432',
      `  waiting  since ${time(since)}`,
      '  next     ERROR (ww.requires_timeout 5 min) in 2 min 56 s',
      '  try      is it up, on this network? ww probe tcp://database:5432',
    ])
  })

  it('names the hook that runs, its process, and its limit', () => {
    const since = now - 2_460_000
    const doing = {
      kind: 'hook',
      what: 'upgrade',
      since,
      until: since + 3_600_000,
      setting: 'ww.timeouts.upgrade',
    } as const
    const lines = why({ state: 'UPGRADING', ready: false, since, doing, monitor: null }, 'pid 88, asleep')
    expect(lines.slice(1)).to.deep.equal([
      `  waiting  since ${time(since)}: upgrade is pid 88, asleep`,
      '  next     SIGTERM (ww.timeouts.upgrade 1 h), then ERROR in 19 min',
      '  try      to give up: ww stop',
    ])
  })

  it('names a service that failed, its next start, and where its output is', () => {
    const failures = [
      { at: now - 4000, name: 'serve-exporter', reason: 'exited with code 1', ms: 400, output: null },
    ]
    expect(why({ services: [service], failures }).slice(1)).to.deep.equal([
      `  failed   last at ${time(now - 4000)} serve-exporter, after 400 ms: exited with code 1`,
      '  next     next start of serve-exporter in 3.6 s',
      '  try      for the output of serve-exporter see docker logs; ww restart serve-exporter',
    ])
  })

  it('shows the last line of the output that was captured', () => {
    const failures = [{ at: now, name: 'monitor', reason: 'exited with code 1', ms: 5, output: 'a\nno db\n' }]
    expect(why({ failures })[1]).to.match(/monitor, after 5 ms: exited with code 1: no db$/)
  })

  it('says that a held instance waits for somebody', () => {
    expect(
      why({ state: 'HELD', ready: false, monitor: null, reason: 'firstboot exited with code 1' })[1],
    ).to.equal('  next     nothing: the container stays for inspection (ww.on_error "hold")')
  })

  it('names the back-off, the lock and the services that are not ready', () => {
    const doing = (kind: 'backoff' | 'lock' | 'services', what: string) =>
      ({ kind, what, since: now - 1000, until: now + 4800, setting: null }) as const
    const explained = (more: Partial<InstanceStatus>) => explain({ ...base, ...more })
    expect(explained({ doing: doing('backoff', 'the back-off') }).next).to.deep.equal({
      what: 'next start',
      at: now + 4800,
    })
    expect(explained({ doing: doing('lock', '/data') }).waiting?.what).to.equal('the lock on /data')
    const waiting = { ...service, state: 'starting', reason: 'waiting for serve-db' } as const
    expect(explained({ doing: doing('services', ''), services: [waiting] }).waiting?.what).to.equal(
      'serve-exporter: waiting for serve-db',
    )
  })

  it('reads nothing from what is no status', () => {
    for (const text of ['', '5', '{}', '{"state":']) expect(parseWhy(text)).to.equal(null)
  })
})
