import { expect } from 'chai'
import { renderMetrics } from '../../ww/instance/metrics.ts'
import type { InstanceStatus } from '../../ww/instance/status.ts'

const status: InstanceStatus = {
  app: 'shop "main"',
  instance: 'a\\b\nc',
  version: '1',
  bootId: 'b',
  pid: 1,
  crash: null,
  state: 'UP',
  ready: true,
  previous: 'WARMUP',
  since: 1000,
  reason: 'ready',
  attempt: 0,
  restarts: 2,
  bootedAt: 0,
  monitor: null,
  services: [],
  schedules: [],
  doing: null,
  failures: [],
}
const linesOf = (output: string | null, ok = true, now = 3500): string[] => {
  const monitor = output === null ? null : { ok, at: 3000, nextAt: 0, output }
  return renderMetrics({ ...status, monitor }, now).split('\n')
}
const statsOf = (output: string, ok = true): string[] =>
  linesOf(output, ok).filter((line) => line.startsWith('whaleware_stat{'))

describe('the metrics', () => {
  it('have a line for each visible state, one of them 1', () => {
    const lines = linesOf(null).filter((line) => line.startsWith('whaleware_state{'))
    expect(lines).to.have.length(11)
    expect(lines).to.include.members([
      'whaleware_state{state="STOPPING"} 0',
      'whaleware_state{state="HELD"} 0',
    ])
    expect(lines.filter((line) => line.endsWith(' 1'))).to.deep.equal(['whaleware_state{state="UP"} 1'])
  })

  it('have whether the instance is ready', () => {
    expect(linesOf(null)).to.include.members(['# TYPE whaleware_ready gauge', 'whaleware_ready 1'])
    expect(renderMetrics({ ...status, ready: false }, 0)).to.contain('\nwhaleware_ready 0\n')
  })

  it('tell how long the state lasts, and how old the monitor is', () => {
    expect(linesOf('{}')).to.include.members([
      'whaleware_state_since_seconds 2.5',
      'whaleware_monitor_age_seconds 0.5',
    ])
  })

  it('say nothing of a monitor that has not run, and that a failed one is not up', () => {
    expect(linesOf(null).filter((line) => line.includes('monitor'))).to.deep.equal([])
    expect(linesOf('no answer', false)).to.include('whaleware_monitor_up 0')
    expect(statsOf('{"load": 1}', false)).to.deep.equal([])
  })

  it('escape labels', () => {
    expect(linesOf(null)).to.include(
      'whaleware_info{app="shop \\"main\\"",instance="a\\\\b\\nc",version="1",boot_id="b"} 1',
    )
  })

  it('flatten what the monitor printed, numbers and truths alone', () => {
    expect(statsOf('{"a": {"b": 1.5}, "list": [7, "x", null], "on": false, "é\\n": -1e-7}')).to.deep.equal([
      'whaleware_stat{key="a.b"} 1.5',
      'whaleware_stat{key="list.0"} 7',
      'whaleware_stat{key="on"} 0',
      'whaleware_stat{key="é\\n"} -1e-7',
    ])
  })

  it('name a key once, since Prometheus refuses a page that names it twice', () => {
    expect(statsOf('{"a": {"b": 1}, "a.b": 2}')).to.deep.equal(['whaleware_stat{key="a.b"} 2'])
  })

  it('write numbers too large for us as Prometheus reads them', () => {
    expect(statsOf('{"much": 1e999, "little": -1e999}')).to.deep.equal([
      'whaleware_stat{key="much"} +Inf',
      'whaleware_stat{key="little"} -Inf',
    ])
  })

  it('do without stats where the monitor printed no JSON', () => {
    expect(statsOf('all is well')).to.deep.equal([])
  })

  it('end every line, and describe each family before its samples', () => {
    const text = renderMetrics({ ...status, monitor: { ok: true, at: 0, nextAt: 0, output: '{"a": 1}' } }, 1)
    expect(text.endsWith('\n')).to.equal(true)
    let described = ''
    for (const line of text.trimEnd().split('\n')) {
      const [, family] = /^# TYPE (\w+) /.exec(line) ?? []
      if (family) described = family
      else if (!line.startsWith('#')) expect(line.startsWith(described), line).to.equal(true)
    }
  })
})
