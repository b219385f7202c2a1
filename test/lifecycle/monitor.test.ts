import { expect } from 'chai'
import type { HookResult } from '../../ww/lifecycle/hook.ts'
import { judgeMonitor } from '../../ww/lifecycle/monitor.ts'
import { MonitorRequests } from '../../ww/lifecycle/monitor-requests.ts'

const printed = (output: string, code = 0): HookResult => ({
  kind: 'ended',
  end: { kind: 'exited', code },
  ms: 1,
  output,
})

describe('a monitor', () => {
  it('is healthy when it exits with 0 and prints one JSON object, white space around it aside', () => {
    const expected = { kind: 'healthy', reason: 'monitor passed', output: '{"a": 1}' }
    expect(judgeMonitor(printed(' {"a": 1}\n'))).to.deep.equal(expected)
  })

  it('is healthy when it exits with 0 and prints nothing', () => {
    expect(judgeMonitor(printed('\n'))).to.include({ kind: 'healthy', output: '' })
  })

  for (const output of ['[]', 'null', '1', '"text"', 'OK', '{"a": }', '{}{}']) {
    it(`is unhealthy when it prints ${output}`, () => {
      const { kind, reason } = judgeMonitor(printed(output))
      expect(kind).to.equal('unhealthy')
      expect(reason).to.equal(`monitor printed ${JSON.stringify(output)}, which is not a JSON object`)
    })
  }

  it('is quoted by its first line, and no more than 100 letters of that', () => {
    expect(judgeMonitor(printed('LOADING\nmore')).reason).to.contain('"LOADING",')
    expect(judgeMonitor(printed('x'.repeat(100))).reason).to.contain(`"${'x'.repeat(100)}",`)
    expect(judgeMonitor(printed('x'.repeat(101))).reason).to.contain(`"${'x'.repeat(100)}…",`)
  })

  it('is unhealthy when it exits with another code, whatever it prints', () => {
    const expected = { kind: 'unhealthy', reason: 'monitor exited with code 2', output: '{}' }
    expect(judgeMonitor(printed('{}', 2))).to.deep.equal(expected)
  })

  it('refuses a restart with 125', () => {
    expect(judgeMonitor(printed('', 125)).kind).to.equal('refused')
  })

  it('is neither when there is none, or when it was ended', () => {
    const absent = { kind: 'absent', reason: 'no monitor hook', output: '' }
    expect(judgeMonitor({ kind: 'absent' })).to.deep.equal(absent)
    const ended = { kind: 'aborted', reason: 'monitor was ended', output: '' }
    expect(judgeMonitor({ kind: 'aborted', ms: 1, abandoned: false })).to.deep.equal(ended)
  })

  it('is unhealthy when it timed out or printed too much', () => {
    const cut = { ms: 1, abandoned: false }
    expect(judgeMonitor({ kind: 'timedOut', limit: 20_000, output: '', ...cut })).to.include({
      kind: 'unhealthy',
      reason: 'monitor timed out after 20 s',
    })
    expect(judgeMonitor({ kind: 'flooded', ...cut }).kind).to.equal('unhealthy')
  })
})

describe('requests to run the monitor now', () => {
  it('wake the loop, and all get the result of the next run', async () => {
    const requests = new MonitorRequests()
    const { wake } = requests
    const both = [requests.request(), requests.request()]
    expect(wake.aborted).to.equal(true)
    requests.take()(printed('{}'))
    expect(await Promise.all(both)).to.deep.equal([printed('{}'), printed('{}')])
    expect(requests.wake.aborted).to.equal(false)
  })

  it('that come while the monitor runs wait for the next run', async () => {
    const requests = new MonitorRequests()
    const first = requests.request()
    const respond = requests.take()
    const second = requests.request()
    respond(printed('{"run":1}'))
    expect(await first).to.deep.equal(printed('{"run":1}'))
    expect(requests.wake.aborted).to.equal(true)
    requests.take()(null)
    expect(await second).to.equal(null)
  })
})
