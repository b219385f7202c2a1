import { expect } from 'chai'
import type { StreamMessage } from '../../ww/receiver/stream-message.ts'
import { until } from '../helpers/until.ts'
import { makeSender, TestReceiver } from './receivers.ts'

/** Follows the stream of a receiver as a browser's event source does. */
class Reader {
  readonly messages: StreamMessage[] = []
  cursor: string | null = null
  #text = ''
  readonly #gone = new AbortController()

  static async open(receiver: TestReceiver, cursor: string | null = null): Promise<Reader> {
    const reader = new Reader()
    const headers: Record<string, string> = cursor === null ? {} : { 'last-event-id': cursor }
    const answer = await receiver.ask('GET /v1/stream', { headers, signal: reader.#gone.signal })
    expect(answer.headers.get('content-type')).to.equal('text/event-stream; charset=utf-8')
    void reader.#follow(answer).catch(() => {})
    return reader
  }

  /** The states of an instance as they were told. */
  statesOf(id: string): string[] {
    return this.messages.flatMap(({ instances }) =>
      instances.filter((one) => one.id === id).map(({ state }) => state),
    )
  }

  sees(id: string, state: string): Promise<void> {
    return until(
      () => this.statesOf(id).at(-1) === state,
      () => `it was told of ${state}: ${JSON.stringify(this.messages)}`,
    )
  }

  close(): void {
    this.#gone.abort()
  }

  async #follow({ body }: Response): Promise<void> {
    const decoder = new TextDecoder()
    for await (const piece of body ?? []) {
      const parts = (this.#text + decoder.decode(piece, { stream: true })).split('\n\n')
      this.#text = parts.pop() ?? ''
      for (const part of parts) this.#take(part)
    }
  }

  #take(part: string): void {
    const data = /^data: (.*)$/m.exec(part)?.[1]
    if (data === undefined || part.startsWith('event: beat')) return
    this.cursor = /^id: (.*)$/m.exec(part)?.[1] ?? this.cursor
    this.messages.push(JSON.parse(data))
  }
}

describe('the stream of the fleet', () => {
  let receiver: TestReceiver
  const readers: Reader[] = []
  const read = async (cursor: string | null = null): Promise<Reader> => {
    const reader = await Reader.open(receiver, cursor)
    readers.push(reader)
    await until(() => cursor !== null || reader.messages.length > 0, 'the first message')
    return reader
  }
  beforeEach(async () => {
    receiver = await new TestReceiver().start()
  })
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close()
    await receiver.remove()
  })

  it('begins with the whole fleet, and goes on with what changes, to every reader', async () => {
    const boot = makeSender('a')
    await receiver.report(boot.entered('BOOT'))
    await receiver.report(makeSender('b', { instance: 'web-2' }).entered('UP'))
    const [one, other] = [await read(), await read()]
    const [snapshot] = one.messages
    expect(snapshot?.type).to.equal('snapshot')
    expect(snapshot?.instances.map(({ id }) => id).toSorted()).to.deep.equal(['shop:web-1', 'shop:web-2'])
    expect(snapshot?.apps.map(({ app }) => app)).to.deep.equal(['shop'])
    await receiver.report(boot.entered('WARMUP'))
    await one.sees('shop:web-1', 'WARMUP')
    const told = one.statesOf('shop:web-2')
    await receiver.report(boot.entered('UP'))
    for (const reader of [one, other]) {
      await reader.sees('shop:web-1', 'UP')
      expect(reader.messages.slice(1).every(({ type }) => type === 'change')).to.equal(true)
    }
    expect(one.statesOf('shop:web-2'), 'what did not change is not told again').to.deep.equal(told)
  })

  it('goes on for who comes back where it was, with what changed in between and nothing else', async () => {
    const boot = makeSender('a')
    await receiver.report(boot.entered('BOOT'))
    // another one reads on, so that the receiver has what to remember
    const stays = await read()
    const leaves = await read()
    await receiver.report(boot.entered('WARMUP'))
    await leaves.sees('shop:web-1', 'WARMUP')
    leaves.close()
    await receiver.report(boot.entered('UP'))
    await stays.sees('shop:web-1', 'UP')
    const back = await read(leaves.cursor)
    await back.sees('shop:web-1', 'UP')
    expect(back.messages.some(({ type }) => type === 'snapshot')).to.equal(false)
    expect(back.statesOf('shop:web-1')).to.deep.equal(['UP'])
  })

  it('begins anew for who comes back after nobody read, or with what is no cursor', async () => {
    const boot = makeSender('a')
    await receiver.report(boot.entered('BOOT'))
    const leaves = await read()
    leaves.close()
    const noReader = async (): Promise<boolean> =>
      /^whaleware_receiver_readers 0$/m.test(await (await receiver.ask('GET /metrics')).text())
    await until(noReader, 'the receiver notices that it left')
    await receiver.report(boot.entered('UP'))
    for (const cursor of [leaves.cursor, 'x', '-', 'x-1', `${leaves.cursor}9`]) {
      const back = await read(cursor)
      await back.sees('shop:web-1', 'UP')
    }
  })

  it('begins anew after a restart of the receiver, whose positions are others', async () => {
    const boot = makeSender('a')
    await receiver.report(boot.entered('BOOT'))
    const before = await read()
    await receiver.stop()
    await receiver.start()
    await receiver.report(boot.entered('UP'))
    const back = await read(before.cursor)
    await back.sees('shop:web-1', 'UP')
    expect(back.messages[0]?.type).to.equal('snapshot')
  })

  it('ends with what is in the store, however fast changes came while it was opened', async () => {
    const boots = Array.from({ length: 30 }, (_, index) => makeSender(`${index}`, { instance: `${index}` }))
    const reports = boots.map(async (boot) => {
      for (const state of ['BOOT', 'WARMUP', 'UP', 'RESTARTING', 'UP'] as const)
        await (await receiver.report(boot.entered(state))).text()
    })
    const opened = [await read(), await read(), await read()]
    await Promise.all(reports)
    for (const reader of opened) for (const index of boots.keys()) await reader.sees(`shop:${index}`, 'UP')
  })
})
