import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { RealReceiver } from '../helpers/real-receiver.ts'

describe('the Grafana dashboard', () => {
  const text = readFileSync(resolve(import.meta.dirname, '../../docker/grafana/whaleware-fleet.json'), 'utf8')
  let receiver: RealReceiver
  before(async () => {
    receiver = await new RealReceiver().start()
  })
  after(() => receiver.remove())

  it('asks only for metrics and labels that a receiver tells', async () => {
    const post = (path: string, body: string): Promise<Response> =>
      fetch(`${receiver.url}/v1/${path}`, { method: 'POST', body })
    await post('instances/web-1/state?app=shop', 'UP')
    await post('instances/web-1/stats?app=shop', '{"load": 1}')
    await post('events', 'no JSON')
    const metrics = await (await fetch(`${receiver.url}/metrics`)).text()
    const asked = new Set(text.match(/whaleware_\w+/g))
    expect(asked.size).to.be.greaterThan(4)
    expect([...asked].filter((name) => !metrics.includes(`\n${name}`))).to.deep.equal([])
    const labels = new Set([...text.matchAll(/\{\{(\w+)\}\}|by \((\w+)\)/g)].map(([, a, b]) => a ?? b))
    expect([...labels].filter((label) => !metrics.includes(`${label}="`))).to.deep.equal([])
  })
})
