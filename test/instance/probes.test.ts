import { expect } from 'chai'
import { isUserError } from '../../ww/base/errors.ts'
import type { HttpServer } from '../../ww/http/server.ts'
import { startProbes } from '../../ww/instance/probes.ts'
import { type InstanceStatus, toJson } from '../../ww/instance/status.ts'

const status: InstanceStatus = {
  app: 'shop',
  instance: 'one',
  version: '1',
  bootId: 'b',
  pid: 1,
  bootedAt: 0,
  crash: null,
  state: 'UP',
  ready: true,
  since: Date.now(),
  previous: 'WARMUP',
  reason: 'monitor passed',
  attempt: 0,
  restarts: 2,
  services: [],
  schedules: [],
  doing: null,
  failures: [],
  monitor: {
    ok: true,
    at: Date.now(),
    nextAt: 0,
    output: '{"load": 0.5, "db": {"a\\"b": 3}, "on": true, "name": "x"}',
  },
}
/** The chart may not know every state that can be visible. */
const stateOf = (state: string): InstanceStatus['state'] => state as InstanceStatus['state']

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

  for (const [state, ready, livez, readyz] of [
    ['BOOT', false, 200, 503],
    ['UP', true, 200, 200],
    ['UP', false, 200, 503],
    ['STOPPING', false, 200, 503],
    ['RESTARTING', false, 200, 503],
    ['FAILING', false, 200, 503],
    ['STOPPED', false, 200, 503],
    ['ERROR', false, 503, 503],
    ['HELD', false, 503, 503],
  ] as const) {
    it(`in ${state}, ${ready ? '' : 'not '}ready, responds to /livez with ${livez} and to /readyz with ${readyz}`, async () => {
      now = { ...status, state: stateOf(state), ready }
      expect((await get('/livez')).status).to.equal(livez)
      const response = await get('/readyz')
      expect(response.status).to.equal(readyz)
      expect(await response.text()).to.equal(`${state}: monitor passed\n`)
    })
  }

  it('shows the state as the JSON of ww status', async () => {
    const json = await (await get('/state')).json()
    expect(json).to.deep.equal(JSON.parse(JSON.stringify(toJson(status))))
    expect(json).to.include({ state: 'UP', ready: true, bootedAt: '1970-01-01T00:00:00.000Z' })
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
