import { expect } from 'chai'
import { RateLimit } from '../../ww/receiver/limits.ts'
import { makeSender, TestReceiver } from './receivers.ts'

describe('what the receiver takes at most', () => {
  let receiver: TestReceiver
  beforeEach(async () => {
    const limits = { body: 20_000, batch: 20, rate: 30, instances: 3 }
    receiver = await new TestReceiver({ limits }).start()
  })
  afterEach(() => receiver.remove())
  const refusals = async (reason: string): Promise<number> => {
    const metrics = await (await receiver.ask('GET /metrics')).text()
    return Number(new RegExp(`refused_total\\{reason="${reason}"\\} (\\d+)`).exec(metrics)?.[1] ?? 0)
  }
  const refusal = async (answer: Response): Promise<[number, string]> => {
    const { error } = (await answer.json()) as { error: { code: string } }
    return [answer.status, error.code]
  }

  it('is so many bytes of a request', async () => {
    const boot = makeSender('a')
    const long = await receiver.report(boot.pushed({ text: 'x'.repeat(20_000) }))
    expect(await refusal(long)).to.deep.equal([413, 'too-large'])
    expect(await refusals('too-large')).to.equal(1)
    expect((await receiver.report(boot.pushed({ text: 'x' }))).status).to.equal(200)
  })

  it('is so many events of a request', async () => {
    const boot = makeSender('a')
    const batch = Array.from({ length: 21 }, () => boot.pushed({}))
    expect(await refusal(await receiver.report(batch))).to.deep.equal([413, 'too-many-events'])
    expect(await refusals('too-many-events')).to.equal(1)
    expect((await receiver.report(batch.slice(1))).status).to.equal(200)
  })

  it('is so many events of one instance a minute; the others are heard on', async () => {
    const boot = makeSender('a')
    const push = (count: number) => receiver.report(Array.from({ length: count }, () => boot.pushed({})))
    // a minute may turn in between, once
    for (let sent = 0; sent < 3; sent += 1) await (await push(20)).text()
    const answer = await push(20)
    expect(answer.headers.get('retry-after')).to.equal('30')
    expect(await refusal(answer)).to.deep.equal([429, 'too-often'])
    expect(await refusals('too-often')).to.be.at.least(2)
    const other = makeSender('b', { instance: 'web-2' })
    expect((await receiver.report(other.entered('UP'))).status).to.equal(200)
  })

  it('is so many instances, within one request too; those that are known are heard on', async () => {
    const boots = ['1', '2', '3', '4'].map((name) => makeSender(name, { instance: name }))
    const entered = boots.map((boot) => boot.entered('UP'))
    expect(await refusal(await receiver.report(entered))).to.deep.equal([429, 'too-many-instances'])
    expect(await receiver.read('GET /v1/instances')).to.deep.equal({ instances: [] })
    expect((await receiver.report(entered.slice(0, 3))).status).to.equal(200)
    expect(await refusal(await receiver.report(entered.slice(3)))).to.deep.equal([429, 'too-many-instances'])
    expect(await refusals('too-many-instances')).to.equal(2)
    expect((await receiver.report(boots.slice(0, 3).map((boot) => boot.pushed({})))).status).to.equal(200)
  })

  it('costs nobody what was refused: the other instances of the request have said nothing then', () => {
    const rate = new RateLimit(10)
    const take = (events: Record<string, number>, now: number): string | null =>
      rate.take(new Map(Object.entries(events).map(([id, count]) => [id, Array(count).fill(0)])), now)
    expect(take({ a: 8, b: 1 }, 0)).to.equal(null)
    expect(take({ b: 9, a: 3 }, 1)).to.equal('a')
    expect(take({ b: 9, a: 2 }, 2)).to.equal(null)
    expect(take({ b: 1 }, 3)).to.equal('b')
    expect(take({ a: 10 }, 60_000), 'the next minute').to.equal(null)
  })
})
