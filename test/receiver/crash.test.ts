import { expect } from 'chai'
import { bootAt, endInstances, makePlace } from '../helpers/real-instance.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'
import { until } from '../helpers/until.ts'
import { makeSender } from './receivers.ts'

type Kept = {
  readonly position: number
  readonly id: string
  readonly state: string
  readonly bootId: string
}

/** Every event that a receiver has, read page by page. */
async function readEvents(receiver: RealReceiver): Promise<Kept[]> {
  const events: Kept[] = []
  for (let after = 0; ; ) {
    const page = await receiver.read<{ events: Kept[]; last: number }>(`/v1/events?limit=500&after=${after}`)
    if (page.events.length === 0) return events
    events.push(...page.events)
    after = page.last
  }
}

describe('a receiver that is killed', () => {
  let receiver: RealReceiver
  afterEach(async () => {
    await endInstances()
    await receiver.remove()
  })

  it('loses no event that it acknowledged, and doubles none, under load and again and again', async () => {
    receiver = await new RealReceiver(['--limit-rate', '1000000']).start()
    const acknowledged: string[] = []
    const senders = Array.from({ length: 8 }, (_, index) =>
      makeSender(`b${index}`, { instance: `i${index}` }),
    )
    let isDone = false
    const post = async (events: readonly { id: string }[]): Promise<boolean> => {
      try {
        const headers = { 'content-type': 'application/cloudevents-batch+json' }
        const answer = await fetch(`${receiver.url}/v1/events`, {
          ...{ method: 'POST', headers, body: JSON.stringify(events) },
        })
        const isTaken = answer.ok
        await answer.arrayBuffer()
        return isTaken
      } catch {
        return false
      }
    }
    const load = senders.map(async ({ pushed }, index) => {
      for (let load = 0; !isDone; load += 1) {
        const events = Array.from({ length: index + 1 }, () => pushed({ load }))
        // as an outbox does: the same again until it is taken
        while (!(await post(events))) await until(() => receiver.pid > 0)
        acknowledged.push(...events.map(({ id }) => id))
      }
    })
    for (let kill = 0; kill < 4; kill += 1) {
      const before = acknowledged.length
      await until(() => acknowledged.length > before + 200, 'events are taken')
      expect(await receiver.end('SIGKILL')).to.equal('SIGKILL')
      await receiver.start()
    }
    isDone = true
    await Promise.all(load)
    const ids = (await readEvents(receiver)).map(({ id }) => id)
    expect(new Set(ids).size, 'none is double').to.equal(ids.length)
    const kept = new Set(ids)
    expect(acknowledged.filter((id) => !kept.has(id))).to.deep.equal([])
    const { instances } = await receiver.read<{ instances: { missing: number }[] }>('/v1/instances')
    expect(instances.map(({ missing }) => missing)).to.deep.equal(Array(8).fill(0))
  })

  it('hears the whole life of a real instance when it is back, though it was away in the middle of it', async () => {
    const secret = `whsec_${Buffer.from('a secret of 24 characters').toString('base64')}`
    receiver = await new RealReceiver(['--key', secret]).start()
    const hooks = { serve: 'exec sleep 1000', monitor: 'echo "{\\"load\\": 1}"' }
    const place = makePlace(hooks)
    const notify = { url: `${receiver.url}/v1/events`, secret, backoff: '50ms', backoff_max: '200ms' }
    const ww = { app: 'shop', instance: 'web-1', notify, monitor: { every: '100ms' } }
    const first = await bootAt(place, { ww }).reaches('UP')
    type View = { state: string; stats: { load: number } | null; bootId: string; missing: number }
    const view = () => receiver.read<View>('/v1/instances/shop:web-1')
    await until(async () => (await view()).stats?.load === 1, 'its stats are heard')
    await receiver.end('SIGKILL')
    await first.says('events are stored until it responds')
    expect(await first.stop()).to.equal(0)
    const life = first.events()
    const second = await bootAt(place, { ww }).reaches('UP')
    await receiver.start()
    const bootId = second.events()[0]?.bootId
    await until(async () => {
      const seen = await view()
      return seen.bootId === bootId && seen.state === 'UP'
    }, 'the second boot is heard')
    const states = (await readEvents(receiver)).filter((event) => 'reason' in event)
    expect(states.map(({ state, bootId }) => [bootId, state])).to.deep.equal(
      [...life, ...second.events()].map((event) => [event.bootId, event.state]),
    )
    expect(await second.stop()).to.equal(0)
    await until(async () => (await view()).state === 'STOPPED', 'its stop is heard')
    expect((await view()).missing).to.equal(0)
  })
})
