import { expect } from 'chai'
import { requirements } from '../../ww/config/requirement-kind.ts'
import { readAs } from './settings-of.ts'

describe('ww.requires', () => {
  it('is a list of ports, URLs, files and commands', () => {
    const list = ['tcp://db:5432', 'tcp:db:5432', 'tcp:5432', 'http://a/', 'file:/x', 'exec:true']
    expect(readAs(requirements, list)).to.deep.equal(list)
    expect(readAs(requirements, [])).to.deep.equal([])
  })

  it('is no other value', () => {
    expect(readAs(requirements, 'tcp://db:5432')).to.equal('wrong: must be a list, not "tcp://db:5432"')
  })

  it('names each item that is wrong', () => {
    expect(readAs(requirements, ['file:/x', 'tcp://db', 5])).to.equal(
      [
        'wrong: 1: "tcp://db" has no port; write tcp:db:PORT',
        'wrong: 2: must be tcp:HOST:PORT, http://…, file:/path or exec:command, not 5',
      ].join(' | '),
    )
  })
})
