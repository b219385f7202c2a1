import { expect } from 'chai'
import { evaluate } from '../../ww/receiver/alerts.ts'
import { isMuted, parseMute } from '../../ww/receiver/mutes.ts'
import { makeLost } from './views.ts'

describe('a mute', () => {
  const rule = { name: 'lost', condition: { kind: 'status', is: ['LOST'] } as const }
  const [alert] = evaluate(
    [],
    [makeLost('web-1', { host: 'A' })],
    [{ ...rule, app: null, hold: 0, resolve: 0 }],
    0,
  )
  const mutes = (data: object, at = 0): boolean => {
    const mute = parseMute({ for: '1h', ...data }, 'm', 0)
    if (typeof mute === 'string' || !alert) throw new Error(String(mute))
    return isMuted(alert, [mute], at)
  }

  it('is for an app, an instance, a host or a rule', () => {
    for (const data of [{ app: 'shop' }, { instance: 'web-1' }, { host: 'A' }, { rule: 'lost' }])
      expect(mutes(data), JSON.stringify(data)).to.equal(true)
    for (const data of [{ app: 'mail' }, { instance: 'web' }, { host: 'B' }, { rule: 'error' }])
      expect(mutes(data), JSON.stringify(data)).to.equal(false)
  })

  it('knows an instance by its id too, which tells two apps apart', () => {
    expect(mutes({ instance: 'shop:web-1' })).to.equal(true)
    expect(mutes({ instance: 'mail:web-1' })).to.equal(false)
  })

  it('is for what matches all that it says', () => {
    expect(mutes({ app: 'shop', rule: 'lost' })).to.equal(true)
    expect(mutes({ app: 'shop', rule: 'error' })).to.equal(false)
  })

  it('ends when it says', () => {
    expect(mutes({ app: 'shop' }, 3_599_999)).to.equal(true)
    expect(mutes({ app: 'shop' }, 3_600_000)).to.equal(false)
  })

  it('may end at a time', () => {
    expect(parseMute({ host: 'A', until: '1970-01-01T01:00:00Z', reason: 'new disk' }, 'm', 5)).to.deep.equal(
      {
        ...{ id: 'm', app: null, instance: null, host: 'A', rule: null },
        ...{ until: 3_600_000, madeAt: 5, reason: 'new disk' },
      },
    )
  })

  const wrong: readonly (readonly [unknown, string])[] = [
    [[], 'a mute is a JSON object'],
    [{ for: '1h' }, 'a mute says what it is for: app, instance, host or rule'],
    [{ app: 5, for: '1h' }, '"app" must be a word'],
    [{ apps: 'x' }, 'a mute has no "apps"; there are app, instance, host, rule, for, until, reason'],
    [{ app: 'shop' }, 'a mute says how long: "for": "2h", or "until"'],
    [{ app: 'shop', for: 'ever' }, '"for" must be a duration such as 30m, 2h or 1d'],
    [{ app: 'shop', until: 'soon' }, '"until" must be a time in ISO 8601'],
    [{ app: 'shop', until: '1970-01-01T00:00:00Z' }, '"until" is past'],
  ]
  for (const [data, message] of wrong) {
    it(`is refused: ${message}`, () => expect(parseMute(data, 'm', 0)).to.equal(message))
  }
})
