import { expect } from 'chai'
import { requirements } from '../../ww/config/requirement-kind.ts'
import { readAs } from './settings-of.ts'

const must = 'must be tcp://host:port, http://…, file:/path or exec:command, not '

describe('ww.requires', () => {
  it('is a list of addresses, URLs, files and commands', () => {
    const list = ['tcp://db:5432', 'tcp://[::1]:1', 'http://a/', 'https://a/', 'file:/x', 'exec:true']
    expect(readAs(requirements, list)).to.deep.equal(list)
    expect(readAs(requirements, [])).to.deep.equal([])
  })

  it('is no other value', () => {
    expect(readAs(requirements, 'tcp://db:5432')).to.equal('wrong: must be a list, not "tcp://db:5432"')
  })

  for (const item of [
    'db:5432',
    'tcp://db',
    'tcp://db:',
    'file:',
    'exec:',
    'http://',
    'x http://a',
    'xtcp://a:1',
    5,
  ]) {
    it(`names the item that is wrong: ${item}`, () => {
      expect(readAs(requirements, ['file:/x', item])).to.equal(`wrong: 1: ${must}${JSON.stringify(item)}`)
    })
  }
})
