import { expect } from 'chai'
import { until } from '../helpers/until.ts'
import { colours, door } from './charts.ts'
import { TestService } from './states.ts'

type Event = {
  readonly event: string
  readonly id: string | undefined
  readonly data: { [key: string]: unknown }
}

/** A stream that is read as far as it has come. */
class Reader {
  readonly events: Event[] = []
  ended = false
  readonly #gone = new AbortController()

  async open(service: TestService, path: string, headers: Record<string, string> = {}): Promise<this> {
    const answer = await service.ask(`GET ${path}`, { headers, signal: this.#gone.signal })
    expect(answer.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8')
    void this.#read(answer)
    return this
  }

  async has(count: number): Promise<Event[]> {
    await until(
      () => this.events.length >= count,
      () => JSON.stringify(this.events),
    )
    return this.events
  }

  close(): void {
    this.#gone.abort()
  }

  async #read(answer: Response): Promise<void> {
    let text = ''
    try {
      for await (const chunk of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
        text += chunk
        const blocks = text.split('\n\n')
        text = blocks.pop() ?? ''
        for (const block of blocks) this.#take(block)
      }
    } catch {
      // closed by the test
    }
    this.ended = true
  }

  #take(block: string): void {
    const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s, 2)))
    if (fields.event) this.events.push({ event: fields.event, id: fields.id, data: JSON.parse(fields.data) })
  }
}

describe('the stream of a machine', () => {
  let service: TestService
  let reader: Reader
  const count = (): Promise<number> => service.status('PUT /state?state=green_state')
  beforeEach(async () => {
    service = await new TestService().start(colours.replace('value: 2', 'value: 5000'))
    reader = new Reader()
  })
  afterEach(async () => {
    reader.close()
    await service.remove()
  })

  it('begins with the whole machine, and tells each change with its revision, who and what', async () => {
    await count()
    await reader.open(service, '/machines/default/stream')
    const [first] = await reader.has(1)
    expect([first?.event, first?.id, first?.data.state]).to.deep.equal(['snapshot', '1', 'green_state'])
    await count()
    await count()
    const events = await reader.has(3)
    expect(events.slice(1).map(({ event, id, data }) => [event, id, data.by, data.what])).to.deep.equal([
      ['change', '2', '127.0.0.1', 'green_state: count is 2'],
      ['change', '3', '127.0.0.1', 'green_state: count is 3'],
    ])
    expect(events[2]?.data.machine).to.include({ name: 'default', revision: 3 })
  })

  it('goes on after the last event that was seen', async () => {
    for (let i = 0; i < 4; i++) await count()
    await reader.open(service, '/machines/default/stream', { 'last-event-id': '2' })
    expect((await reader.has(3)).map(({ event, id }) => [event, id])).to.deep.equal([
      ['change', '3'],
      ['change', '4'],
      ['snapshot', '4'],
    ])
  })

  it('goes on as its address says when it is opened for the first time', async () => {
    for (let i = 0; i < 2; i++) await count()
    await reader.open(service, '/machines/default/stream?since=1')
    expect((await reader.has(2)).map(({ event, id }) => [event, id])).to.deep.equal([
      ['change', '2'],
      ['snapshot', '2'],
    ])
  })

  for (const seen of ['900', 'x', '-1']) {
    it(`begins with the whole machine when the last event was ${seen}, which it never told`, async () => {
      await count()
      await reader.open(service, '/machines/default/stream', { 'last-event-id': seen })
      expect((await reader.has(1))[0]?.event).to.equal('snapshot')
    })
  }

  it('tells every change of a burst once and in order', async () => {
    await reader.open(service, '/machines/default/stream')
    await reader.has(1)
    await Promise.all(Array.from({ length: 200 }, count))
    const events = await reader.has(201)
    expect(events.map(({ id }) => Number(id))).to.deep.equal(Array.from({ length: 201 }, (_, index) => index))
  })

  it('ends when the machine is removed', async () => {
    await service.make('door', door)
    await reader.open(service, '/machines/door/stream')
    await reader.has(1)
    await service.status('DELETE /machines/door')
    expect((await reader.has(2))[1]?.event).to.equal('removed')
    await until(() => reader.ended)
  })
})
