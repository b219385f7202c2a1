import { expect } from 'chai'
import { isUserError } from '../../ww/base/errors.ts'
import { usualAlerts } from '../../ww/receiver/alert-rules.ts'
import { parseAlerts } from '../../ww/receiver/parse-alerts.ts'

describe('the file of alert rules', () => {
  const ofRule = (rule: object) => parseAlerts({ rules: [{ name: 'x', ...rule }] }, 'f').rules[0]
  const refusal = (data: unknown): string => {
    try {
      parseAlerts(data, 'alerts.yaml')
    } catch (error) {
      if (isUserError(error) && error instanceof Error && 'exitCode' in error)
        return `${error.exitCode} ${error.message}`
      throw error
    }
    return 'none'
  }

  it('may say nothing: then there are the usual rules, and nobody is told', () => {
    expect(parseAlerts(null, 'f')).to.deep.equal(usualAlerts)
    expect(usualAlerts.rules.map(({ name }) => name)).to.deep.equal(['lost', 'error', 'stuck', 'crash loop'])
  })

  it('has rules about statuses, restarts and stats', () => {
    expect(ofRule({ status: 'ERROR', for: '10s', resolve: '5m', app: 'shop' })).to.deep.equal({
      ...{ name: 'x', condition: { kind: 'status', is: ['ERROR'] } },
      ...{ app: 'shop', hold: 10_000, resolve: 300_000 },
    })
    expect(ofRule({ status: ['LOST', 'LATE'] })?.condition).to.deep.equal({
      ...{ kind: 'status', is: ['LOST', 'LATE'] },
    })
    expect(ofRule({ restarts: 3, within: '1d' })?.condition).to.deep.equal({
      ...{ kind: 'restarts', limit: 3, within: 'day' },
    })
    expect(ofRule({ stat: 'disk.used', over: 90 })?.condition).to.deep.equal({
      ...{ kind: 'stat', path: 'disk.used', over: 90, under: null },
    })
  })

  it('says who is told, and where the page is', () => {
    const { webhooks, page, gather } = parseAlerts(
      {
        webhooks: [{ url: 'https://a/b' }, { url: 'http://c', secret: 'whsec_c2VjcmV0' }],
        page: 'https://fleet.example.com/',
        gather: '5s',
      },
      'f',
    )
    expect(webhooks).to.deep.equal([
      { url: 'https://a/b', secret: null },
      { url: 'http://c', secret: 'whsec_c2VjcmV0' },
    ])
    expect({ page, gather }).to.deep.equal({ page: 'https://fleet.example.com', gather: 5000 })
  })

  const wrong: readonly (readonly [unknown, string])[] = [
    [[], 'the file must be a map with rules, webhooks, page, gather'],
    [{ rule: [] }, 'rule is no key here; did you mean rules?'],
    [{ rules: {} }, 'rules must be a list'],
    [{ rules: [{ status: 'LOST' }] }, 'rules[0].name takes a word, not nothing'],
    [{ rules: [{ name: 'x' }] }, 'rules[0] must say one of status, restarts or stat: what it alerts about'],
    [
      { rules: [{ name: 'x', status: 'UP', stat: 'y' }] },
      'rules[0] must say one of status, restarts or stat: what it alerts about',
    ],
    [{ rules: [{ name: 'x', status: [] }] }, 'rules[0].status is an empty list'],
    [{ rules: [{ name: 'x', status: 'UP', over: 5 }] }, 'rules[0].over goes with stat, not status'],
    [
      { rules: [{ name: 'x', status: 'UP', for: 5 }] },
      'rules[0].for takes a duration such as 30s or 10m, not 5',
    ],
    [{ rules: [{ name: 'x', stat: 'y' }] }, 'rules[0] must say over or under which limit the stat is'],
    [{ rules: [{ name: 'x', stat: 'y', over: '9' }] }, 'rules[0].over takes a number, not "9"'],
    [{ rules: [{ name: 'x', restarts: 0 }] }, 'rules[0].restarts takes a whole number from 1 on'],
    [
      { rules: [{ name: 'x', restarts: 3, within: '10m' }] },
      'rules[0].within takes 1h or 1d: restarts are counted by the hour and by the day',
    ],
    [
      {
        rules: [
          { name: 'x', status: 'UP' },
          { name: 'x', status: 'UP' },
        ],
      },
      'rules has two rules with the name "x"',
    ],
    [{ webhooks: [{ url: 'http://x' }, { url: 'http://x' }] }, 'webhooks has the same url twice'],
    [{ webhooks: [{ url: 'ftp://x' }] }, 'webhooks[0].url takes an http or https URL'],
    [
      { webhooks: [{ url: 'http://x', secret: 'hunter2' }] },
      'webhooks[0].secret takes a Standard Webhooks secret: whsec_ and base64',
    ],
  ]
  for (const [data, message] of wrong) {
    it(`is refused with exit code 78: ${message}`, () => {
      expect(refusal(data)).to.equal(`78 alerts.yaml: ${message}`)
    })
  }
})
