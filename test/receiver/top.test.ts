import { expect } from 'chai'
import { typeCommand } from '../helpers/command-line.ts'
import { RealReceiver } from '../helpers/real-receiver.ts'

describe('ww receiver top', () => {
  let receiver: RealReceiver
  beforeEach(async () => {
    receiver = await new RealReceiver().start()
  })
  afterEach(() => receiver.remove())
  const state = (name: string, word: string): Promise<Response> =>
    fetch(`${receiver.url}/v1/instances/${name}/state?app=shop`, { method: 'POST', body: word })

  it('lists the fleet with trouble first, plain when it is piped', async () => {
    await state('web-1', 'UP')
    await state('web-2', 'ERROR')
    await fetch(`${receiver.url}/v1/instances/web-1/stats?app=shop`, {
      method: 'POST',
      body: '{"load": 0.5}',
    })
    const { stdout } = typeCommand(['receiver', 'top', receiver.url])
    const [counts, failures, , titles, first, second, ...rest] = stdout.split('\n')
    expect(counts).to.equal('2 instances  1 ✕ ERROR  1 ● UP')
    expect(failures).to.equal('shop: major failure')
    expect(titles).to.match(/^STATUS +INSTANCE +APP +FOR +HEARD/)
    expect(first).to.match(/^✕ ERROR +web-2 +shop +\d+ s/)
    expect(second).to.match(/^● UP +web-1 +shop +\d+ s +\d+ s ago +load 0\.5$/)
    expect(rest).to.deep.equal([''])
  })

  it('says in one line what it cannot read', () => {
    const { status, stderr } = typeCommand(['receiver', 'top', 'http://127.0.0.1:1', '--once'])
    expect(stderr).to.match(/^ww receiver: cannot read http:\/\/127\.0\.0\.1:1: .*ECONNREFUSED.*\n$/)
    expect(status).to.equal(1)
    expect(typeCommand(['receiver', 'top', 'here']).status).to.equal(2)
  })
})
