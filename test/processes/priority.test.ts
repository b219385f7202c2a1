import { getPriority } from 'node:os'
import { expect } from 'chai'
import { mayRaisePriority, withPriority } from '../../ww/processes/priority.ts'
import { needsRoot, runAs } from '../helpers/as-user.ts'

const room = new URL('../../ww/processes/priority.ts', import.meta.url).pathname

describe('the priority of this process', () => {
  it('is another one while something is done, and its own again, also after an error', function () {
    needsRoot(this)
    if (!mayRaisePriority(1)) this.skip()
    const own = getPriority()
    expect(withPriority(3, () => getPriority())).to.equal(own + 3)
    expect(withPriority(-3, () => getPriority())).to.equal(own - 3)
    expect(withPriority(-40, () => getPriority())).to.equal(-20)
    expect(withPriority(40, () => getPriority())).to.equal(19)
    const fail = (): never => {
      throw new Error('x')
    }
    expect(() => withPriority(3, fail)).to.throw('x')
    expect(getPriority()).to.equal(own)
    expect(mayRaisePriority(100)).to.equal(true)
    expect(getPriority()).to.equal(own)
  })

  it('may not be raised by a user without the right to do so, and stays', function () {
    needsRoot(this)
    const code = `const { mayRaisePriority } = await import('${room}'); const os = await import('node:os'); return [mayRaisePriority(1), os.getPriority()]`
    expect(runAs(65534, code)).to.deep.equal([false, getPriority()])
  })
})
