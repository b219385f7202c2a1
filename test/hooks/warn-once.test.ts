import { expect } from 'chai'
import { warnOnce } from '../../ww/hooks/warn-once.ts'

describe('warnOnce', () => {
  it('passes each warning on once', () => {
    const lines: string[] = []
    const warn = warnOnce((line) => lines.push(line))
    for (const line of ['a', 'b', 'a', 'a', 'b']) warn(line)
    expect(lines).to.deep.equal(['a', 'b'])
  })
})
