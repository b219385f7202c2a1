import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expect } from 'chai'
import { parse } from 'yaml'
import { usualRules } from '../../ww/receiver/alert-rules.ts'
import { parseAlerts } from '../../ww/receiver/parse-alerts.ts'

describe('docs/alerts.md', () => {
  it('shows a file that is right, and the usual rules as they are', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../docs/alerts.md'), 'utf8')
    const [, example = ''] = /```yaml\n([\s\S]*?)```/.exec(text) ?? []
    const { rules, webhooks } = parseAlerts(parse(example), 'docs/alerts.md')
    expect(rules.slice(0, 4)).to.deep.equal(usualRules)
    expect(rules.map(({ name }) => name).slice(4)).to.deep.equal(['disk', 'slow shop'])
    expect(webhooks).to.have.length(2)
  })
})
