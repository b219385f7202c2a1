import { expect } from 'chai'
import { isUserError } from '../../ww/base/errors.ts'
import type { HttpServer } from '../../ww/http/server.ts'
import { startProbes } from '../../ww/instance/probes.ts'
import type { InstanceStatus } from '../../ww/instance/status.ts'

const status: InstanceStatus = {
  ...{
    app: 'shop',
    instance: 'one',
    version: '1',
    bootId: 'b',
    pid: 1,
    state: 'UP',
    previous: 'WARMUP',
    since: Date.now(),
    reason: 'ready',
  },
  ...{
    attempt: 0,
    restarts: 2,
    bootedAt: 0,
    monitor: {
      ok: true,
      at: Date.now(),
      nextAt: 0,
      output: '{"load": 0.5, "db": {"a\\"b": 3}, "on": true, "name": "x"}',
    },
  },
}

describe('the HTTP endpoint of an instance', () => {
  let now: InstanceStatus = status
  let probes: HttpServer | null = null
  const warn = (line: string): void => expect.fail(line)
  before(async () => {
    probes = await startProbes('127.0.0.1:0', () => now, warn)
  })
  after(() => probes?.close())
  beforeEach(() => {
    now = status
  })
  const get = (path: string): Promise<Response> => fetch(`http://127.0.0.1:${probes?.port}${path}`)

  it('is off without ww.listen', async () => {
    expect(await startProbes(null, () => now, warn)).to.equal(null)
  })

  for (const [state, livez, readyz] of [
    ['BOOT', 200, 503],
    ['UP', 200, 200],
    ['RESTARTING', 200, 503],
    ['ERROR', 503, 503],
  ] as const) {
    it(`in ${state} answers /livez with ${livez} and /readyz with ${readyz}`, async () => {
      now = { ...status, state }
      expect((await get('/livez')).status).to.equal(livez)
      const ready = await get('/readyz')
      expect(ready.status).to.equal(readyz)
      expect(await ready.text()).to.equal(`${state}: ready\n`)
    })
  }

  it('shows the state as JSON', async () => {
    expect(await (await get('/state')).json()).to.deep.equal(status)
  })

  it('shows metrics as Prometheus text, the monitor’s numbers included', async () => {
    const answer = await get('/metrics')
    expect(answer.headers.get('content-type')).to.contain('text/plain; version=0.0.4')
    const lines = (await answer.text()).split('\n')
    expect(lines).to.include.members([
      '# TYPE whaleware_state gauge',
      'whaleware_state{state="UP"} 1',
      'whaleware_state{state="ERROR"} 0',
      'whaleware_restarts_total 2',
      'whaleware_monitor_up 1',
      'whaleware_stat{key="load"} 0.5',
      'whaleware_stat{key="db.a\\"b"} 3',
      'whaleware_stat{key="on"} 1',
    ])
    expect(lines.filter((line) => line.startsWith('whaleware_stat{'))).to.have.length(3)
  })

  it('says which setting is wrong when the port is taken, or is none', async () => {
    for (const listen of [`127.0.0.1:${probes?.port}`, 'no port']) {
      const error = await startProbes(listen, () => now, warn).catch((reason: unknown) => reason)
      expect(isUserError(error), String(error)).to.equal(true)
      expect(String(error)).to.contain('ww.listen')
    }
  })
})
