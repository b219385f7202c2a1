import { expect } from 'chai'
import { TemplateContext } from '../../ww/config/template-context.ts'

describe('the names in a template', () => {
  const env = { WW_DATA: '/data', HOME: '/root', 'WW_ODD-NAME': 'x' }
  const context = new TemplateContext(
    { a: { b: 1 }, c: [2], WW_APP: 'mine', env: { HOME: 'configured' } },
    env,
  )

  it('are key paths of the configuration', () => {
    expect(context.lookup('a.b')).to.equal(1)
    expect(context.lookup('c[0]')).to.equal(2)
    expect(context.lookup('.')).to.have.property('a')
    expect(context.lookup('a..b')).to.equal(undefined)
    expect(context.lookup('none')).to.equal(undefined)
  })

  it('are searched in the innermost section first', () => {
    const inner = context.push({ b: 5, a: { c: 6 } })
    expect(inner.lookup('b')).to.equal(5)
    expect(inner.lookup('a.c')).to.equal(6)
    expect(inner.lookup('a.b')).to.equal(1)
    expect(inner.lookup('WW_DATA')).to.equal('/data')
  })

  it('are variables of the environment when they begin with WW_ or env., and the configuration has none', () => {
    expect(context.lookup('WW_DATA')).to.equal('/data')
    expect(context.lookup('WW_APP')).to.equal('mine')
    expect(context.lookup('env.HOME')).to.equal('configured')
    expect(context.lookup('env.WW_DATA')).to.equal('/data')
    expect(context.lookup('HOME')).to.equal(undefined)
    expect(context.lookup('xWW_DATA')).to.equal(undefined)
    expect(context.lookup('WW_NONE')).to.equal(undefined)
    expect(context.lookup('env.')).to.equal(undefined)
    expect(context.lookup('WW_ODD-NAME')).to.equal(undefined)
  })

  it('are listed, those of every section and of the environment', () => {
    const names = context.push({ inner: 1 }).names()
    expect(names).to.include.members(['inner', 'a', 'a.b', 'c.0', 'WW_DATA', 'env.HOME', 'env.WW_DATA'])
    expect(names).to.not.include.members(['.'])
    expect(names).to.not.include('HOME')
    expect(context.push('text').names()).to.not.include('.')
    expect(context.push(['one']).names()).to.include('0')
  })
})
