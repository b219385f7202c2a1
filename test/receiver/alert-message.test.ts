import { expect } from 'chai'
import { groupAlerts } from '../../ww/receiver/alert-groups.ts'
import { type AlertMessage, wordMessage } from '../../ww/receiver/alert-message.ts'
import type { AlertCondition } from '../../ww/receiver/alert-rules.ts'
import { evaluate } from '../../ww/receiver/alerts.ts'
import type { InstanceView } from '../../ww/receiver/model.ts'
import { makeView } from './views.ts'

describe('what a webhook is told', () => {
  const condition: AlertCondition = { kind: 'stat', path: 'disk.used', over: 90, under: null }
  const rule = { name: 'disk', condition, app: null, hold: 0, resolve: 0 }
  const tell = (fleet: readonly InstanceView[]): AlertMessage => {
    const [group] = groupAlerts(evaluate([], fleet, [rule], 60_000), fleet)
    if (!group) throw new Error('nothing fires')
    return wordMessage(group, 'firing', 'http://fleet', 90_000)
  }
  const full = (index: number): InstanceView =>
    makeView(`web-${index}`, { stats: { disk: { used: 90 + index } }, reason: index === 1 ? 'a\nb' : '' })

  it('is of several a line for each, with what, why and where; of more than three how many', () => {
    expect(tell([1, 2, 3, 4, 5].map(full)).text.split('\n')).to.deep.equal([
      '5 instances: disk, all on host a, since 1970-01-01T00:01:00.000Z',
      'shop web-1: disk.used is 91, over 90 (a) http://fleet/#/instances/shop:web-1',
      'shop web-2: disk.used is 92, over 90 http://fleet/#/instances/shop:web-2',
      'shop web-3: disk.used is 93, over 90 http://fleet/#/instances/shop:web-3',
      'and 2 more: http://fleet/',
    ])
  })

  it('names fifty at most, and counts all', () => {
    const { data } = tell(Array.from({ length: 60 }, (_, index) => full(index + 1)))
    expect(data).to.include({ count: 60, status: 'firing', rule: 'disk' })
    expect(data.instances).to.have.length(50)
    expect(data.cause).to.deep.equal({ kind: 'host', value: 'a' })
  })
})
